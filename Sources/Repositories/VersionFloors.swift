import Bureau

/// What this machine has seen of records, beside the stores: the latest version of each, by which a former copy that
/// somebody has put back is known when it is read.
///
/// It may forget: what it does not know is never held against a record.
public protocol VersionFloors: Sendable {
    /// The latest version of a record that was seen; nil of one that was not, or was forgotten.
    func floor(of name: FloorName) -> SeenVersion?

    /// Remembers a version that the store has, or had, unless a later one was seen.
    func raise(_ name: FloorName, to version: SeenVersion)

    /// Remembers a version that a daemon has written, as the latest whatever was seen before, but not of a subject who
    /// was erased: a write that was answered is given out.
    func set(_ name: FloorName, to version: SeenVersion)

    /// The latest acceptance that was heeded.
    var heeded: Acceptance { get }

    /// Forgets all versions, because an operator has accepted what the bases have.
    func forgetAll(heeding acceptance: Acceptance)
}

/// That an operator has accepted what the bases have as the latest: the leaf of the audit log, and the time by the clock
/// of the operator's machine.
public struct Acceptance: Hashable, Sendable {
    public var leaf: Int64
    public var at: Instant

    public init(leaf: Int64, at: Instant) {
        self.leaf = leaf
        self.at = at
    }

    /// Whether this came after another one: by its place in the log, or by its time, since a log that was put back from
    /// a backup gives a place anew.
    public func isLater(than other: Acceptance) -> Bool { leaf > other.leaf || at > other.at }
}

/// The name of a record among floors: 128 bits of a keyed hash, which stays for ever.
public struct FloorName: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The name of a subject in a base, by the first token there.
    public init(firstToken token: SubjectToken, in base: Base) {
        self = token.withWords { words in
            FloorName(
                high: words.loadUnaligned(as: UInt64.self),
                low: words.loadUnaligned(fromByteOffset: 8, as: UInt64.self) ^ (base == .a ? 0 : 1))
        }
    }

    /// The name of a payment, by the hash that tells it from all others.
    public init(payment: PaymentKey) { self.init(high: payment.key.high, low: payment.key.low) }
}

/// A content of a record as it is told from all others of that record, in one word: the version, the generation of the
/// data key, and a part of the nonce.
public struct SeenVersion: Hashable, Sendable {
    /// The version has 32 bits, the generation 16, and the mark 16.
    public let bits: UInt64

    /// Takes a word as it was kept.
    public init(bits: UInt64) { self.bits = bits }

    /// Nil for versions and generations that the bits do not hold, which nobody reaches.
    public init?(version: Int64, generation: UInt32, mark: UInt64) {
        guard let version = UInt32(exactly: version), let generation = UInt16(exactly: generation) else { return nil }
        bits = UInt64(version) << 32 | UInt64(generation) << 16 | mark >> 48
    }

    /// What is later than a record's last version, and earlier than the first one of another life.
    public init?(deletionAfter version: Int64) {
        self.init(version: version, generation: UInt32(UInt16.max), mark: .max)
    }

    /// What no version of a subject is later than who was erased.
    public static let erasure = SeenVersion(bits: .max)

    /// Whether the record was deleted, or its subject erased.
    public var isEnd: Bool { UInt32(truncatingIfNeeded: bits) == .max }

    public var version: Int64 { Int64(bits >> 32) }
    public var generation: UInt32 { UInt32(truncatingIfNeeded: bits >> 16) & UInt32(UInt16.max) }

    /// Whether this is another content than the latest one: an earlier one, or one of the same version.
    public func isOutdated(by latest: SeenVersion) -> Bool {
        isEarlier(than: latest) || order == latest.order && bits != latest.bits
    }

    /// Whether this was written before another one.
    public func isEarlier(than other: SeenVersion) -> Bool { order < other.order }

    /// The version, and the generation of the data key within it.
    private var order: UInt64 { bits >> 16 }
}
