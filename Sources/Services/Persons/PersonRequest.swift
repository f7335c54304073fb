import Bureau

/// A request to see a person, with the reason.
package struct PersonRequest: Sendable {
    package var cpf: CPF
    /// The method that asks, for the audit log.
    package var action: String
    /// Nil for a write, which reads on its own behalf and gives nothing out.
    var purpose: Purpose?
    /// The organisation that a report is made for.
    package var requester: String?
    /// Whether the audit log has the request already.
    var isAudited = false

    package init(cpf: CPF, action: String, purpose: Purpose, requester: String? = nil) {
        self.cpf = cpf
        self.action = action
        self.purpose = purpose
        self.requester = requester
    }

    /// Reads the person that a write is about.
    init(for write: SubjectWrite<some Sendable>) {
        cpf = write.cpf
        action = write.action
        isAudited = write.isAudited
    }
}

/// The purposes for which each method may read base A, from the methods' contracts.
package struct Policy: Sendable {
    private let purposes: [String: Set<Purpose>]

    /// `purposes` by the name of the method.
    package init(purposes: [String: Set<Purpose>]) {
        self.purposes = purposes
    }

    /// Whether a method may read for `purpose`; a method that is not listed may read for none.
    package func allows(_ method: String, for purpose: Purpose) -> Bool {
        purposes[method]?.contains(purpose) ?? false
    }
}

/// A person to be created, with the person's debts.
package struct PersonDraft: RepeatableWrite {
    package var person: Person
    package var debts: [Debt]
    /// The method that creates, for the audit log.
    package var action: String
    package var repetition: Repetition?
    package var mark: RepeatMark?

    package var cpf: CPF { person.cpf }

    package init(person: Person, debts: [Debt], action: String, repetition: Repetition? = nil) {
        self.person = person
        self.debts = debts
        self.action = action
        self.repetition = repetition
    }
}

/// A person as it is given out, with all that base A knows.
package struct PersonView: Sendable {
    package var person: Person
    package var debts: [DebtView]
    package var version: Int64
    package var createdAt: Instant
    package var updatedAt: Instant

    /// What of the view is given out for a purpose on a day of São Paulo: the person's own access has all, marked, and
    /// any other purpose only what the law still lets out.
    func givenOut(for purpose: Purpose?, on day: CalendarDate) -> PersonView {
        var view = self
        if purpose == .dataSubjectRequest {
            for index in debts.indices { view.debts[index].withheld = debts[index].debt.withheld(on: day) }
        } else {
            view.debts.removeAll { $0.debt.withheld(on: day) != nil }
        }
        return view
    }
}

/// A debt as it is given out: `DebtRecord` in plaintext.
package struct DebtView: Sendable {
    package var debtID: RecordID
    package var debt: Debt
    package var version: Int64
    package var createdAt: Instant
    package var updatedAt: Instant
    /// Why the debt is given out to the person alone; nil for other purposes.
    package var withheld: WithheldReason?
}
