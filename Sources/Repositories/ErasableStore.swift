import Bureau

/// What every base is asked for when a subject is to be forgotten.
///
/// Each function may be called again with the same subjects, also when an earlier call has failed midway.
public protocol ErasableStore: RenamingStore {
    /// Writes tombstones; one that is there stays. When the call returns, no write about their subjects takes effect
    /// any more: it is `erased`, and what was under way has ended or will not take effect.
    func bury(_ tombstones: [Tombstone]) async throws(StoreError)

    /// Deletes everything of subjects but their tombstones.
    func erase(_ tokens: [SubjectToken]) async throws(StoreError)

    /// Tells of each subject whether the base holds anything but its tombstone.
    func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool]

    /// Reads tombstones in the order of their tokens: at most `limit` after `token`, or the first ones when it is nil.
    /// A page that is not full is the last one.
    func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone]
}

/// Base A's outbox: tasks that change several bases, kept until they are done.
public protocol OutboxStore: ErasableStore {
    /// Keeps tasks with the audit entries of those who asked. A task that is there stays; returns what stands.
    func enqueue(_ entries: [NewOutboxEntry]) async throws(StoreError) -> [OutboxEntry]

    /// Takes at most `limit` tasks that nobody works on, the oldest first. Others leave them alone until `deadline`.
    func claim(_ limit: Int, at now: Instant, until deadline: Instant) async throws(StoreError) -> [OutboxEntry]

    /// Reads at most `limit` tasks that are not done, in any order, and claims none.
    func openEntries(_ limit: Int) async throws(StoreError) -> [OutboxEntry]

    /// Ends tasks: removes them, replaces the notes of their tombstones and leaves their audit entries, in one. Returns
    /// false for a task that another daemon has ended.
    func finish(_ entries: [FinishedEntry]) async throws(StoreError) -> [Bool]

    /// Reads the tombstones of subjects; nil for a subject without one.
    func tombstones(of tokens: [SubjectToken]) async throws(StoreError) -> [Tombstone?]
}

/// A task to be kept.
public struct NewOutboxEntry: Hashable, Sendable {
    public var entry: OutboxEntry
    public var at: Instant
    /// The time until which its daemon works on it.
    public var lockedUntil: Instant
    /// What the audit log gets: of those who asked, and the tombstone.
    public var audit: [AuditLine]
    /// The tombstone of base A, which goes with the task: nobody reads the person from then on, also when the daemon
    /// ends before it has begun.
    public var tombstone: Tombstone?

    public init(entry: OutboxEntry, at: Instant, lockedUntil: Instant, audit: [AuditLine]) {
        self.entry = entry
        self.at = at
        self.lockedUntil = lockedUntil
        self.audit = audit
    }
}

/// A task that is done in all bases.
public struct FinishedEntry: Hashable, Sendable {
    public var entryID: RecordID
    /// The tombstone of base A as it stays.
    public var tombstone: Tombstone
    public var audit: AuditLine

    public init(entryID: RecordID, tombstone: Tombstone, audit: AuditLine) {
        self.entryID = entryID
        self.tombstone = tombstone
        self.audit = audit
    }
}
