import Bureau

/// A subject to be read, by a read that was granted or on behalf of a write.
struct SubjectRequest: AccessRequest {
    var cpf: CPF
    var access: Access
    /// Whether the audit log has the request already.
    var isAudited = false
    /// Whether values are going to be sealed under the subject's data key.
    var isForWrite = false

    init(_ read: SubjectRead, isAudited: Bool = false) {
        cpf = read.cpf
        access = read.access
        self.isAudited = isAudited
    }

    /// Reads the subject that a write is about.
    init(for write: SubjectWrite<some Sendable>) {
        cpf = write.cpf
        access = write.access
        isAudited = write.isAudited
        isForWrite = true
    }
}

/// A person to be created, with the person's debts.
package struct PersonDraft: RepeatableWrite {
    package var person: Person
    package var debts: [Debt]
    package var access: Access
    package var repetition: Repetition?
    package var mark: RepeatMark?

    package var cpf: CPF { person.cpf }

    package init(person: Person, debts: [Debt], access: Access, repetition: Repetition? = nil) {
        self.person = person
        self.debts = debts
        self.access = access
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
    /// Whether the person's register of positive data is closed.
    package var hasCancelledCadastro = false

    /// What of the view is given out for a purpose on a day of São Paulo: the person's own access has all, marked, and
    /// any other purpose only what the law still lets out.
    func givenOut(for purpose: Purpose?, on day: CalendarDate) -> PersonView {
        var view = self
        let isClosed = hasCancelledCadastro && !(purpose?.passesCadastro ?? false)
        func withheld(_ debt: Debt) -> WithheldReason? {
            debt.withheld(on: day) ?? (isClosed && debt.isPositive ? .cadastroCancelled : nil)
        }
        if purpose == .dataSubjectRequest {
            for index in debts.indices { view.debts[index].withheld = withheld(debts[index].debt) }
        } else if debts.contains(where: { withheld($0.debt) != nil }) {
            // Not called for nothing, because it copies the debts.
            view.debts.removeAll { withheld($0.debt) != nil }
        }
        return view
    }
}

extension Purpose {
    /// Whether the purpose is given the positive data of a register that its owner has closed: a law or a court asks.
    var passesCadastro: Bool { self == .legalObligation || self == .judicialOrder }
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
