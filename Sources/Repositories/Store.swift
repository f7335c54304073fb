import Bureau

/// A store of one base; its repository protocol adds the operations.
///
/// Cancelling the task of a call drops the work that has not begun and aborts the work that can be undone. The call
/// returns, with an unusable outcome, once none of its work can take effect any more.
public protocol Store: WrappingKeyRegister {
    /// Checks whether the store responds, within the store's own time limit. Never throws.
    func health() async -> StoreHealth

    /// Walks the road that requests walk, with the rights of the daemon, and leaves no trace in the data.
    func check() async -> [StoreCheck]

    /// Tells the key ring that the store is bound to.
    func keyRingMark() async throws(StoreError) -> KeyRingMark

    /// Binds the store to a ring unless it is bound, and returns the fingerprint that stands afterwards.
    func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint

    /// Lets the next connection read credentials and password files anew.
    func reloadCredentials()

    /// How many requests were sent to the store once more.
    var retryCount: Int { get }

    /// What was counted of the store; nil when nobody counts.
    var numbers: StoreNumbers? { get }
}

extension Store {
    public var retryCount: Int { 0 }
    public var numbers: StoreNumbers? { nil }
}

/// The state of one store, for `system.health`.
public struct StoreHealth: Hashable, Sendable {
    public var base: Base
    /// The engine and its version, such as `SQLite 3.40.1`; nil when the store is unreachable.
    public var engine: String?
    public var roundTripMicroseconds: Int64
    public var migrationsApplied: Int
    public var migrationsKnown: Int
    /// Whether the connection to the store is encrypted (TLS); nil when the store is a file or unreachable.
    public var isEncrypted: Bool?
    /// Why the store cannot serve; nil when it can, or when only its schema is behind.
    public var reason: StoreReason?

    /// Whether the store serves and has the schema of this program.
    public var isReady: Bool { engine != nil && reason == nil && migrationsApplied == migrationsKnown }

    public init(
        base: Base, engine: String?, roundTripMicroseconds: Int64, migrationsApplied: Int, migrationsKnown: Int,
        isEncrypted: Bool? = nil, reason: StoreReason? = nil
    ) {
        self.base = base
        self.engine = engine
        self.roundTripMicroseconds = roundTripMicroseconds
        self.migrationsApplied = migrationsApplied
        self.migrationsKnown = migrationsKnown
        self.isEncrypted = isEncrypted
        self.reason = reason
    }
}

/// Why a whole call failed, or one item of it.
public enum StoreError: Error, Hashable, Sendable {
    /// The store is unreachable or cannot accept the work now; nothing was written.
    case unavailable(Base, StoreReason, retryAfterMilliseconds: Int)
    /// The store failed between a commit and its reply, so that the writes may have taken effect or not.
    case outcomeUnknown(Base, StoreReason)
    /// The audit log could not record a read of base A, and the read was therefore refused.
    case auditUnavailable(StoreReason)
    /// The journal could not record an access to base B or C, and the access was therefore refused.
    case journalUnavailable(StoreReason)
    /// The stored data does not have the shape that this program writes, or the store does not take an item. The same
    /// items asked one by one tell which of them is meant.
    case corrupt(Base)
}

/// The result of one item in a batch of writes.
public enum WriteOutcome: Hashable, Sendable {
    /// The write is durable. `version` counts the writes of the record, this one included.
    case written(version: Int64)
    case alreadyExists
    case notFound
    /// The record has another version than expected; nothing was written for this item.
    case versionConflict(current: Int64)
    /// What the write was made from has changed, the subject's data key or the payments of the debt; nothing was
    /// written, and the write has to be made anew.
    case overtaken
    /// A write under this item's key has taken effect before; its receipt tells how. Nothing was written.
    case repeated
    /// The subject was erased; nothing was written.
    case erased
    /// The store failed this item alone.
    case failed(StoreError)
}
