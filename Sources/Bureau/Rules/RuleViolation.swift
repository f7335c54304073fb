/// A value that has the right form and makes no sense: it looks at the clock, or at another member.
public struct RuleViolation: Hashable, Sendable {
    /// The JSON Pointer (RFC 6901) of the value within the record.
    public var pointer: String
    public var reason: RuleReason

    public init(_ pointer: String, _ reason: RuleReason) {
        self.pointer = pointer
        self.reason = reason
    }
}

/// Why a value makes no sense, in a word that stays the same, and what is accepted instead.
public enum RuleReason: String, CaseIterable, Sendable {
    case inTheFuture = "in_the_future"
    case before1900 = "before_1900"
    case beforeBirth = "before_birth"
    case before1990 = "before_1990"
    case after2100 = "after_2100"
    case tooFarAhead = "too_far_ahead"
    /// An instant as of which facts are asked for, and that is not here yet.
    case laterThanNow = "later_than_now"
    /// A bureau query that is the access of the person concerned.
    case ownAccess = "own_access"
    /// A name of an organisation, or a note, with a CPF in it.
    case holdsCPF = "holds_cpf"
    /// A debt that is overdue or written off before its due date.
    case notYetDue = "not_yet_due"
    /// A day of settlement of a debt that is still owed.
    case notSettled = "not_settled"
    case beforeOpening = "before_opening"
    case duplicateContract = "duplicate_contract"
    case paidOffWithOutstanding = "paid_off_with_outstanding"
    /// A postal code of an address in Brazil; the word is that of a format, because clients know it.
    case noCEP = "invalid_format"
    case requiredInBrazil = "required_in_brazil"
    case notInBrazil = "not_in_brazil"
    case notAbroad = "not_abroad"

    /// What is accepted, in words.
    public var accepted: String {
        switch self {
        case .inTheFuture: "a day up to today in São Paulo"
        case .before1900: "a day from 1900-01-01 on"
        case .beforeBirth: "a day not before the birth date"
        case .before1990: "1990-01-01 or later"
        case .after2100: "a day up to 2100-12-31"
        case .tooFarAhead: "a time at most 24 hours ahead of the clock"
        case .laterThanNow: "a time up to now"
        case .ownAccess: "a purpose of others, because a person's own access is not recorded as a query"
        case .holdsCPF: "a name or note without a CPF in it"
        case .notYetDue: "overdue and written_off only with a due date up to today in São Paulo"
        case .notSettled: "settledOn only when status is settled or renegotiated; null removes it with a patch"
        case .beforeOpening: "a day not before openedOn"
        case .duplicateContract: "a contract of the creditor that no debt before it has"
        case .paidOffWithOutstanding: "nothing outstanding, or 0, when paidOff is true"
        case .noCEP: "in Brazil a CEP: 8 digits, as 01310100 or 01310-100"
        case .requiredInBrazil: "a value, because an address in Brazil has a CEP and a state"
        case .notInBrazil: "nothing in Brazil, where an address has a state and no region"
        case .notAbroad: "nothing abroad, where an address has a region and no state"
        }
    }
}
