import Bureau

/// A person as base A stores it: unreadable without the base's key ring.
package struct PersonRecord: Hashable, Sendable {
    package var token: SubjectToken
    package var dataKey: WrappedDataKey
    /// CPF, name, birth date and contacts.
    package var identity: Sealed
    package var address: Sealed?
    package var debts: [DebtRecord]
    /// What proves that all values are the latest ones; nil for a person who was not written since version 0.1.0.
    package var state: Sealed?
    package var version: Int64
    package var createdAt: Instant
    /// Never before `createdAt`, although clocks are set back and daemons' clocks differ.
    package var updatedAt: Instant
    /// When the person's register of positive data was closed; nil while it is open.
    package var cadastroCancelledAt: Instant?
    /// How many encryptions the data key has made at most, without those that were never stored, and without those of
    /// the first generation from before they were counted.
    package var encryptions: Int64 = 0

    package init(
        token: SubjectToken, dataKey: WrappedDataKey, identity: Sealed, address: Sealed?, debts: [DebtRecord],
        version: Int64, createdAt: Instant, updatedAt: Instant, cadastroCancelledAt: Instant? = nil
    ) {
        self.cadastroCancelledAt = cadastroCancelledAt
        self.token = token
        self.dataKey = dataKey
        self.identity = identity
        self.address = address
        self.debts = debts
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = max(createdAt, updatedAt)
    }
}

/// One debt of a person as base A stores it.
package struct DebtRecord: Hashable, Sendable {
    package var debtID: RecordID
    /// Creditor, amount, interest, due date and status.
    package var details: Sealed
    package var version: Int64
    package var createdAt: Instant
    /// Never before `createdAt`, although clocks are set back and daemons' clocks differ.
    package var updatedAt: Instant

    package init(debtID: RecordID, details: Sealed, version: Int64, createdAt: Instant, updatedAt: Instant) {
        self.debtID = debtID
        self.details = details
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = max(createdAt, updatedAt)
    }
}
