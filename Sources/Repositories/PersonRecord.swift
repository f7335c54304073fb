import Bureau

/// A person as base A stores it: unreadable without the base's key ring.
public struct PersonRecord: Hashable, Sendable {
    public var token: SubjectToken
    public var dataKey: WrappedDataKey
    /// CPF, name, birth date and contacts.
    public var identity: Sealed
    public var address: Sealed?
    public var debts: [DebtRecord]
    /// What proves that all values are the latest ones; nil for a person who was not written since version 0.1.0.
    public var state: Sealed?
    public var version: Int64
    public var times: RowTimes
    /// When the person's register of positive data was closed; nil while it is open.
    public var cadastroCancelledAt: Instant?
    /// How many encryptions the data key has made at most, without those that were never stored, and without those of
    /// the first generation from before they were counted.
    public var encryptions: Int64 = 0

    public init(
        token: SubjectToken, dataKey: WrappedDataKey, identity: Sealed, address: Sealed?, debts: [DebtRecord],
        version: Int64, times: RowTimes, cadastroCancelledAt: Instant? = nil
    ) {
        self.cadastroCancelledAt = cadastroCancelledAt
        self.token = token
        self.dataKey = dataKey
        self.identity = identity
        self.address = address
        self.debts = debts
        self.version = version
        self.times = times
    }
}

/// One debt of a person as base A stores it.
public struct DebtRecord: Hashable, Sendable {
    public var debtID: RecordID
    /// Creditor, amount, interest, due date and status.
    public var details: Sealed
    public var version: Int64
    public var times: RowTimes

    public init(debtID: RecordID, details: Sealed, version: Int64, times: RowTimes) {
        self.debtID = debtID
        self.details = details
        self.version = version
        self.times = times
    }
}
