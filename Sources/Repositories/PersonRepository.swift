import Bureau

/// Base A: persons, their debts, and the audit log of all accesses.
///
/// Every function takes a batch and returns an outcome for each item, in the order of the items. A call is one
/// transaction and is durable when it returns. A call that throws has written nothing, except for `outcomeUnknown`.
/// The items of one writing call must have different subjects, so that their order does not matter. The data keys come
/// in the order of their subjects' tokens, and a cursor is a token, or its first bytes: what comes after it follows.
public protocol PersonRepository: AuditRepository, OutboxStore, BlockStore, DataKeyRepository, RightsRepository,
    ResealingRepository
{
    /// Inserts persons with their debts, at version 1 or, of a person who was deleted, after the last version.
    /// `written`, `alreadyExists` or `erased`. `audit` tells of the whole call, and is durable with what was written.
    func create(_ persons: [PersonCreation], audit: [AuditLine]) async throws(StoreError) -> [WriteOutcome]

    /// Reads persons with their debts in order of insertion; nil for an unknown person, and one who has a tombstone.
    ///
    /// The records of the reads are durable before the call returns, even when a person is unknown; none are given when
    /// an earlier call has left those of the same requests. Throws `auditUnavailable` when the records cannot be
    /// written, or `unavailable` when the whole store is unreachable.
    func read(_ tokens: [SubjectToken], audit: [AuditLine]) async throws(StoreError) -> [PersonRecord?]

    /// Reads about `limit` persons of a segment with their debts, from where the page before has ended; and what `along`
    /// asks for along with them, as far as the store reads it so.
    ///
    /// It is for walks through all persons, whose act the audit log has. A walk over all pages of all segments meets
    /// each person who is there from its beginning to its end once.
    func persons(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int, along: WalkedParts
    ) async throws(StoreError) -> PersonPage

    /// Replaces persons' sealed values. `written`, `notFound` or `versionConflict`.
    func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome]

    /// Deletes persons with their debts, payments and data keys; the audit log, receipts and the last version stay.
    /// `written` (with the last version), `notFound` or `versionConflict`. `audit` tells of the whole call.
    func delete(_ deletions: [PersonDeletion], audit: [AuditLine]) async throws(StoreError) -> [WriteOutcome]

    /// Adds, replaces or removes single debts; each change also counts as a write of its person.
    /// `written` (with the debt's version, the last one for a removal), `notFound`, `versionConflict` or `overtaken`.
    func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome]

    /// Tells for each payment what is there before it is written, on behalf of a write that has left its audit record.
    func find(_ payments: [PaymentKey]) async throws(StoreError) -> [PaymentState]

    /// Reads debts' payments, the latest first, on behalf of a read that has left its audit record.
    func payments(_ queries: [PaymentQuery]) async throws(StoreError) -> [[PaymentRecord]]

    /// Reads the payments of all debts of persons, on behalf of a read that has left its audit record: in the order of
    /// the debts' identifiers, and of a debt's positions.
    func payments(of queries: [PersonPaymentsQuery]) async throws(StoreError) -> [[PersonPayment]]

    /// Adds or replaces payments; neither the debt nor the person counts it as a write. `written` (with the payment's
    /// version), `notFound` without the debt, or `overtaken`.
    func write(_ changes: [PaymentChange]) async throws(StoreError) -> [WriteOutcome]

    /// Reads the receipts of earlier writes; nil where there is none.
    ///
    /// An item with a receipt is `repeated` when there is one under its key, and otherwise leaves it when it is
    /// `written`. Receipts are kept for `Receipt.retentionDays` and outlive their persons.
    func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?]
}

/// A person to insert.
public struct PersonCreation: Sendable {
    public var token: SubjectToken
    public var dataKey: WrappedDataKey
    public var identity: Sealed
    public var address: Sealed?
    /// The latest layout of the sealed values, as `Services` number them.
    public var layout: Int64
    public var debts: [NewDebt]
    public var at: Instant
    /// When the person is made, as the store is to have it.
    public var times: RowTimes
    /// What is kept of the write, so that it can be asked for again.
    public var receipt: NewReceipt?
    /// What proves that all values of the person are the latest ones.
    public var state: Sealed?
    /// What the audit log gets of the write.
    public var lines: WriteLines?

    public init(
        token: SubjectToken, dataKey: WrappedDataKey, identity: Sealed, address: Sealed?, layout: Int64 = 1,
        debts: [NewDebt], at: Instant, receipt: NewReceipt? = nil
    ) {
        self.layout = layout
        self.receipt = receipt
        self.token = token
        self.dataKey = dataKey
        self.identity = identity
        self.address = address
        self.debts = debts
        self.at = at
        times = RowTimes(at)
    }
}

/// New sealed values for a person, made from the stored ones.
public struct PersonUpdate: Sendable {
    public var token: SubjectToken
    /// The key that sealed the values; another stored key is a conflict.
    public var dataKey: WrappedDataKey
    /// The version of the values before the change.
    public var expectedVersion: Int64
    public var identity: Sealed
    public var address: Sealed?
    /// The latest layout of the sealed values, as `Services` number them.
    public var layout: Int64
    public var at: Instant
    /// When the person is written, as the store is to have it.
    public var times: RowTimes
    /// What is kept of the write, so that it can be asked for again.
    public var receipt: NewReceipt?
    /// What proves that all values of the person are the latest ones, once the update has taken place.
    public var state: Sealed?
    /// The request that the update serves; it is opened or finished in one with the update.
    public var filing: RequestFiling?
    /// What the audit log gets of the write.
    public var lines: WriteLines?

    public init(
        token: SubjectToken, dataKey: WrappedDataKey, expectedVersion: Int64, identity: Sealed, address: Sealed?,
        layout: Int64 = 1, at: Instant, receipt: NewReceipt? = nil, filing: RequestFiling? = nil
    ) {
        self.filing = filing
        self.layout = layout
        self.receipt = receipt
        self.token = token
        self.dataKey = dataKey
        self.expectedVersion = expectedVersion
        self.identity = identity
        self.address = address
        self.at = at
        times = RowTimes(at)
    }
}

/// A person to delete, at any version when `expectedVersion` is nil.
public struct PersonDeletion: Sendable {
    public var token: SubjectToken
    public var expectedVersion: Int64?
    /// What is kept of the write, so that it can be asked for again.
    public var receipt: NewReceipt?
    /// What the audit log gets of the write.
    public var lines: WriteLines?

    public init(token: SubjectToken, expectedVersion: Int64?, receipt: NewReceipt? = nil) {
        self.receipt = receipt
        self.token = token
        self.expectedVersion = expectedVersion
    }
}

/// A change of one debt, made from the stored person.
public struct DebtChange: Sendable {
    public enum Action: Sendable {
        /// Adds a debt. `expectedPersonVersion`, when given, must be the person's version.
        case add(NewDebt, expectedPersonVersion: Int64?)
        /// Replaces the details of a debt at the expected version. `expectedPersonVersion`, when given, must be the
        /// person's version; otherwise the outcome is a `versionConflict` with the debt's version.
        case replace(NewDebt, expectedVersion: Int64, expectedPersonVersion: Int64? = nil)
        /// Removes a debt, at any version when `expectedVersion` is nil. `expectedPersonVersion` as for `replace`.
        case remove(RecordID, expectedVersion: Int64?, expectedPersonVersion: Int64? = nil)
    }

    public var token: SubjectToken
    /// The key that sealed the details; a person with another key is `overtaken`.
    public var dataKey: WrappedDataKey
    public var action: Action
    public var at: Instant
    /// When the person is written, as the store is to have it.
    public var times: RowTimes
    /// What is kept of the write, so that it can be asked for again.
    public var receipt: NewReceipt?
    /// What proves that all values of the person are the latest ones, once the change has taken place.
    public var state: Sealed?

    /// The request that the change serves; it is opened or finished in one with the change.
    public var filing: RequestFiling?
    /// What the audit log gets of the write.
    public var lines: WriteLines?

    public init(
        token: SubjectToken, dataKey: WrappedDataKey, action: Action, at: Instant, receipt: NewReceipt? = nil,
        filing: RequestFiling? = nil
    ) {
        self.filing = filing
        self.receipt = receipt
        self.token = token
        self.dataKey = dataKey
        self.action = action
        self.at = at
        times = RowTimes(at)
    }
}

/// A debt to insert, at version 1, or the new details of a stored debt.
public struct NewDebt: Hashable, Sendable {
    public var debtID: RecordID
    public var details: Sealed
    /// The layout of the details, as `Services` number them.
    public var layout: Int64
    /// When the debt is made or written, as the store is to have it.
    public var times: RowTimes

    public init(debtID: RecordID, details: Sealed, layout: Int64 = 1, times: RowTimes) {
        self.times = times
        self.debtID = debtID
        self.details = details
        self.layout = layout
    }
}
