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
public struct PersonDraft: RepeatableWrite {
    public var person: Person
    public var debts: [Debt]
    public var access: Access
    public var repetition: Repetition?
    public var mark: RepeatMark?

    public var cpf: CPF { person.cpf }

    public init(person: Person, debts: [Debt], access: Access, repetition: Repetition? = nil) {
        self.person = person
        self.debts = debts
        self.access = access
        self.repetition = repetition
    }
}

/// A person as it is given out, with all that base A knows.
///
/// A class, because a person has two dozen texts, and an answer hands the view on from step to step.
public final class PersonView: Sendable {
    public let person: Person
    public let debts: [DebtView]
    public let version: Int64
    public let createdAt: Instant
    public let updatedAt: Instant
    /// Whether the person's register of positive data is closed.
    public let hasCancelledCadastro: Bool

    public init(
        person: Person, debts: [DebtView], version: Int64, createdAt: Instant, updatedAt: Instant,
        hasCancelledCadastro: Bool = false
    ) {
        self.person = person
        self.debts = debts
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.hasCancelledCadastro = hasCancelledCadastro
    }

    private func with(_ debts: [DebtView]) -> PersonView {
        PersonView(
            person: person, debts: debts, version: version, createdAt: createdAt, updatedAt: updatedAt,
            hasCancelledCadastro: hasCancelledCadastro)
    }

    /// What of the view is given out for a purpose on a day of São Paulo: the person's own access has all, marked, and
    /// any other purpose only what the law still lets out.
    func givenOut(for purpose: Purpose?, on day: CalendarDate) -> PersonView {
        let isClosed = hasCancelledCadastro && !(purpose?.passesCadastro ?? false)
        func withheld(_ debt: Debt) -> WithheldReason? {
            debt.withheld(on: day) ?? (isClosed && debt.isPositive ? .cadastroCancelled : nil)
        }
        guard debts.contains(where: { withheld($0.debt) != nil }) else { return self }
        guard purpose == .dataSubjectRequest else { return with(debts.filter { withheld($0.debt) == nil }) }
        var marked = debts
        for index in debts.indices { marked[index].withheld = withheld(debts[index].debt) }
        return with(marked)
    }
}

extension Purpose {
    /// Whether the purpose is given the positive data of a register that its owner has closed: a law or a court asks.
    var passesCadastro: Bool { self == .legalObligation || self == .judicialOrder }
}

/// A debt as it is given out: `DebtRecord` in plaintext.
public struct DebtView: Sendable {
    public var debtID: RecordID
    public var debt: Debt
    public var version: Int64
    public var createdAt: Instant
    public var updatedAt: Instant
    /// Why the debt is given out to the person alone; nil for other purposes.
    public var withheld: WithheldReason?
}
