/// The name of a write that its client may ask for again, made from the client's idempotency key.
///
/// It is a keyed hash, because a client may write personal data into its key.
public struct RepeatKey: Hashable, Sendable {
    public var token: SubjectToken
    /// 16 bytes of the hash.
    public var key: RecordID

    public init(token: SubjectToken, key: RecordID) {
        self.token = token
        self.key = key
    }
}

/// What a store keeps of a write that may be asked for again, so that it can be answered as the first time.
public struct Receipt: Hashable, Sendable {
    /// How many days a receipt is kept, at least.
    public static let retentionDays = 8

    /// 16 bytes of a keyed hash of the method and its params, which tells whether the same is asked.
    public var digest: RecordID
    /// The version that was written; the store sets it.
    public var version: Int64
    /// When it was written.
    public var at: Instant
    /// What else the answer needs; the store does not read it.
    public var body: [UInt8]

    public init(digest: RecordID, version: Int64 = 0, at: Instant, body: [UInt8] = []) {
        self.digest = digest
        self.version = version
        self.at = at
        self.body = body
    }
}

/// A receipt to be written in one with the effect of its write, if the write takes effect.
public struct NewReceipt: Hashable, Sendable {
    public var key: RepeatKey
    public var receipt: Receipt

    public init(key: RepeatKey, receipt: Receipt) {
        self.key = key
        self.receipt = receipt
    }
}

extension Instant {
    /// The instant up to which receipts need not be kept, as seen from this one.
    public var beforeRetention: Instant {
        let retention = Int64(Receipt.retentionDays) * 86_400_000_000
        return Instant(microsecondsSinceEpoch: microsecondsSinceEpoch - retention) ?? .first
    }
}
