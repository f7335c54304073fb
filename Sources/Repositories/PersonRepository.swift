import Bureau

/// Base A: persons, their debts, and the record of everybody who looked.
///
/// Every function takes a batch and gives an outcome for each item, in the order of the items. A call is one
/// transaction and is durable when it returns; when it throws, nothing of it was written, `outcomeUnknown` aside.
/// The items of one writing call name different subjects, so that their order does not matter.
package protocol PersonRepository: Store {
    /// Inserts persons with their debts, at version 1. `written` or `alreadyExists`.
    func create(_ persons: [PersonCreation]) async throws(StoreError) -> [WriteOutcome]

    /// Reads persons with their debts in the order in which they were added; nil where there is none.
    ///
    /// The audit entry of each read, also of those that find nobody, is durable before any record is given out;
    /// when it cannot be, the call throws `auditUnavailable` (or `unavailable` when the store is not there at all).
    func read(_ reads: [PersonRead]) async throws(StoreError) -> [PersonRecord?]

    /// Replaces persons' sealed values. `written`, `notFound` or `versionConflict`.
    func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome]

    /// Deletes persons with their debts and data keys; the audit log stays.
    /// `written` (with the last version there was), `notFound` or `versionConflict`.
    func delete(_ deletions: [PersonDeletion]) async throws(StoreError) -> [WriteOutcome]

    /// Adds, replaces or removes single debts; each also counts as a write of its person.
    /// `written` (with the debt's version; the last there was for a removal), `notFound` or `versionConflict`.
    func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome]
}

/// A person to be inserted.
package struct PersonCreation: Sendable {
    package var token: SubjectToken
    package var dataKey: WrappedDataKey
    package var identity: Sealed
    package var address: Sealed?
    package var debts: [NewDebt]
    package var at: Instant
    package var audit: AuditEntry

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

/// A request to see a person, which cannot be made without saying why.
package struct PersonRead: Sendable {
    package var token: SubjectToken
    package var audit: AuditEntry

    package init(token: SubjectToken, audit: AuditEntry) {
        self.token = token
        self.audit = audit
    }
}

/// New sealed values for a person that was read before.
package struct PersonUpdate: Sendable {
    package var token: SubjectToken
    /// The key that the values are sealed with; when the person has another one by now, it is a conflict.
    package var dataKey: WrappedDataKey
    /// The version that was read and changed.
    package var expectedVersion: Int64
    package var identity: Sealed
    package var address: Sealed?
    package var at: Instant

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

/// A person to be deleted, whatever its version when `expectedVersion` is nil.
package struct PersonDeletion: Sendable {
    package var token: SubjectToken
    package var expectedVersion: Int64?
    package var audit: AuditEntry

    package init(token: SubjectToken, expectedVersion: Int64?, audit: AuditEntry) {
        self.token = token
        self.expectedVersion = expectedVersion
        self.audit = audit
    }
}
