import Bureau

/// Base A: persons, their debts, and the audit log of all accesses.
///
/// Every function takes a batch and returns an outcome for each item, in the order of the items. A call is one
/// transaction and is durable when it returns. A call that throws has written nothing, except for `outcomeUnknown`.
/// The items of one writing call must have different subjects, so that their order does not matter.
package protocol PersonRepository: Store {
    /// Inserts persons with their debts, at version 1. `written` or `alreadyExists`.
    func create(_ persons: [PersonCreation]) async throws(StoreError) -> [WriteOutcome]

    /// Reads persons with their debts in order of insertion; nil for an unknown person.
    ///
    /// The audit entry of each read is durable before the call returns, even when the person is unknown. Throws
    /// `auditUnavailable` when the entries cannot be written, or `unavailable` when the whole store is unreachable.
    func read(_ reads: [PersonRead]) async throws(StoreError) -> [PersonRecord?]

    /// Replaces persons' sealed values. `written`, `notFound` or `versionConflict`.
    func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome]

    /// Deletes persons with their debts and data keys; the audit log stays.
    /// `written` (with the last version), `notFound` or `versionConflict`.
    func delete(_ deletions: [PersonDeletion]) async throws(StoreError) -> [WriteOutcome]

    /// Adds, replaces or removes single debts; each change also counts as a write of its person.
    /// `written` (with the debt's version, the last one for a removal), `notFound` or `versionConflict`.
    func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome]

    /// Reads the receipts of earlier writes; nil where there is none.
    func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?]
}

/// A person to insert.
package struct PersonCreation: Sendable {
    package var token: SubjectToken
    package var dataKey: WrappedDataKey
    package var identity: Sealed
    package var address: Sealed?
    package var debts: [NewDebt]
    package var at: Instant
    package var audit: AuditEntry
    /// What is kept of the write, so that it can be asked for again.
    package var receipt: NewReceipt?

    package init(
        token: SubjectToken, dataKey: WrappedDataKey, identity: Sealed, address: Sealed?, debts: [NewDebt],
        at: Instant, audit: AuditEntry
    ) {
        self.token = token
        self.dataKey = dataKey
        self.identity = identity
        self.address = address
        self.debts = debts
        self.at = at
        self.audit = audit
    }
}

/// A read of a person, impossible without its audit entry.
package struct PersonRead: Sendable {
    package var token: SubjectToken
    package var audit: AuditEntry

    package init(token: SubjectToken, audit: AuditEntry) {
        self.token = token
        self.audit = audit
    }
}

/// New sealed values for a person, made from the stored ones.
package struct PersonUpdate: Sendable {
    package var token: SubjectToken
    /// The key that sealed the values; another stored key is a conflict.
    package var dataKey: WrappedDataKey
    /// The version of the values before the change.
    package var expectedVersion: Int64
    package var identity: Sealed
    package var address: Sealed?
    package var at: Instant
    /// What is kept of the write, so that it can be asked for again.
    package var receipt: NewReceipt?

    package init(
        token: SubjectToken, dataKey: WrappedDataKey, expectedVersion: Int64, identity: Sealed, address: Sealed?,
        at: Instant
    ) {
        self.token = token
        self.dataKey = dataKey
        self.expectedVersion = expectedVersion
        self.identity = identity
        self.address = address
        self.at = at
    }
}

/// A person to delete, at any version when `expectedVersion` is nil.
package struct PersonDeletion: Sendable {
    package var token: SubjectToken
    package var expectedVersion: Int64?
    package var audit: AuditEntry
    /// What is kept of the write, so that it can be asked for again.
    package var receipt: NewReceipt?

    package init(token: SubjectToken, expectedVersion: Int64?, audit: AuditEntry) {
        self.token = token
        self.expectedVersion = expectedVersion
        self.audit = audit
    }
}

/// A change of one debt, made from the stored person.
package struct DebtChange: Sendable {
    package enum Action: Sendable {
        /// Adds a debt. `expectedPersonVersion`, when given, must be the person's version.
        case add(NewDebt, expectedPersonVersion: Int64?)
        /// Replaces the details of a debt at the expected version.
        case replace(NewDebt, expectedVersion: Int64)
        /// Removes a debt, at any version when `expectedVersion` is nil.
        case remove(RecordID, expectedVersion: Int64?)
    }

    package var token: SubjectToken
    /// The key that sealed the details; when the person has another key, the debt is `notFound`.
    package var dataKey: WrappedDataKey
    package var action: Action
    package var at: Instant
    /// What is kept of the write, so that it can be asked for again.
    package var receipt: NewReceipt?

    package init(token: SubjectToken, dataKey: WrappedDataKey, action: Action, at: Instant) {
        self.token = token
        self.dataKey = dataKey
        self.action = action
        self.at = at
    }
}

/// A debt to insert, at version 1, or the new details of a stored debt.
package struct NewDebt: Hashable, Sendable {
    package var debtID: RecordID
    package var details: Sealed

    package init(debtID: RecordID, details: Sealed) {
        self.debtID = debtID
        self.details = details
    }
}
