import Bureau

/// One debt of a person as base A keeps it.
package struct DebtRecord: Hashable, Sendable {
    package var debtID: RecordID
    /// Creditor, amount, interest, due date and status.
    package var details: Sealed
    package var version: Int64
    package var createdAt: Instant
    package var updatedAt: Instant

    package init(debtID: RecordID, details: Sealed, version: Int64, createdAt: Instant, updatedAt: Instant) {
        self.debtID = debtID
        self.details = details
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A debt to be inserted, at version 1.
package struct NewDebt: Hashable, Sendable {
    package var debtID: RecordID
    package var details: Sealed

    package init(debtID: RecordID, details: Sealed) {
        self.debtID = debtID
        self.details = details
    }
}

/// A change of one debt of a person that was read before.
package struct DebtChange: Sendable {
    package enum Action: Sendable {
        /// Adds a debt. `expectedPersonVersion`, when given, must be the person's version.
        case add(NewDebt, expectedPersonVersion: Int64?)
        /// Replaces a debt's details when its version is still the one that was read.
        case replace(NewDebt, expectedVersion: Int64)
        /// Removes a debt, whatever its version when `expectedVersion` is nil.
        case remove(RecordID, expectedVersion: Int64?)
    }

    package var token: SubjectToken
    /// The key that the details are sealed with; when the person has another one by now, the debt is `notFound`.
    package var dataKey: WrappedDataKey
    package var action: Action
    package var at: Instant

    package init(token: SubjectToken, dataKey: WrappedDataKey, action: Action, at: Instant) {
        self.token = token
        self.dataKey = dataKey
        self.action = action
        self.at = at
    }
}
