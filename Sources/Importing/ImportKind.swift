/// What one row of an imported file is.
public enum ImportKind: String, CaseIterable, Sendable {
    case persons, debts, payments, profiles, events

    /// The method that takes a row.
    public var method: StaticString {
        switch self {
        case .persons: "person.create"
        case .debts: "debt.add"
        case .payments: "debt.recordPayment"
        case .profiles: "profile.put"
        case .events: "event.record"
        }
    }

    /// The member of the method's params in which a row's members lie, but for those of `outerMembers`.
    public var nestedMember: StaticString? { self == .debts ? "debt" : nil }

    /// The members of a row that lie beside the nested one.
    public static let outerMembers: [StaticString] = ["cpf", "expectedVersion"]

    /// What can be done with a row about something that is there already; the default comes first.
    ///
    /// A payment is always replaced under its paymentId, and an event can only be recorded.
    public var policies: [ConflictPolicy] {
        switch self {
        case .persons, .debts, .profiles: [.fail, .skip, .update]
        case .payments: [.update]
        case .events: [.fail, .skip]
        }
    }
}

/// What is done with a row about something that is there already.
public enum ConflictPolicy: String, CaseIterable, Sendable {
    /// The row is left out, and counted.
    case skip
    /// What is there is changed to what the row says.
    case update
    /// The row is rejected.
    case fail
}
