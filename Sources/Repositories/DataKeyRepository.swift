import Bureau

/// What a store with data keys is asked for when wrapping keys are rotated.
///
/// Neither function counts as an access to a subject, because a data key leads to nothing without the base's ring.
public protocol DataKeyRepository: WrappingKeyRegister {
    /// Reads about `limit` data keys, from where the page before has ended.
    ///
    /// A walk over all pages meets each subject that is there from its beginning to its end. A page may be empty
    /// although further ones follow.
    func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage

    /// Replaces wrapped data keys by the same keys wrapped anew; false where another key is there now, or none.
    ///
    /// It is no write of the record: versions, times and receipts stay. Subjects must be different.
    func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool]

    /// Reads how far data keys have been replaced by new ones: generation 1, complete, where that was never begun.
    func resealingMark() async throws(StoreError) -> ResealingMark

    /// Replaces the mark; false when it is another one than `former`, and stays.
    func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) async throws(StoreError) -> Bool
}

/// How far the data keys of a base have been replaced by new ones.
public struct ResealingMark: Hashable, Sendable {
    /// The highest generation of a data key in the base.
    public var generation: UInt32
    /// Since when the keys of lower generations are being replaced; nil when none is left. Keys that are made meanwhile
    /// begin at 1.
    public var begunAt: Instant?

    public var isComplete: Bool { begunAt == nil }

    public init(generation: UInt32 = 1, begunAt: Instant? = nil) {
        self.generation = generation
        self.begunAt = begunAt
    }

    /// The same mark with another generation.
    public func raised(to generation: UInt32) -> ResealingMark {
        ResealingMark(generation: generation, begunAt: begunAt)
    }
}

/// Where a walk over data keys goes on; its bytes mean something to their store alone.
public struct DataKeyCursor: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// Some of a base's data keys.
public struct DataKeyPage: Hashable, Sendable {
    public var keys: [KeyRingSample]
    /// Nil after the last page.
    public var next: DataKeyCursor?

    public init(keys: [KeyRingSample], next: DataKeyCursor?) {
        self.keys = keys
        self.next = next
    }

    /// A page in the order of the tokens, of which `limit` were asked for: the next one begins after its last token.
    public init(_ keys: [KeyRingSample], limit: Int) {
        self.keys = keys
        next = keys.count < limit ? nil : keys.last.map { DataKeyCursor($0.token.bytes) }
    }
}

/// A data key that is to be stored under another wrapping key.
public struct DataKeyRewrap: Hashable, Sendable {
    public var token: SubjectToken
    /// The key as it was read.
    public var former: WrappedDataKey
    public var rewrapped: WrappedDataKey

    public init(token: SubjectToken, former: WrappedDataKey, rewrapped: WrappedDataKey) {
        self.token = token
        self.former = former
        self.rewrapped = rewrapped
    }
}
