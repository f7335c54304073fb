import Bureau

/// The content of a record that was seen last: its version, and when it was written.
public struct Floor: Hashable, Sendable {
    public var version: SeenVersion
    /// Nil where nobody knows.
    public var written: SeenTime?

    public init(_ version: SeenVersion, written: SeenTime? = nil) {
        self.version = version
        self.written = written
    }

    /// Whether a content is another one than this latest one and no later one: by its version, which a store tells, or
    /// by its time, which it cannot alter.
    public func outdates(_ content: Floor) -> Bool {
        content.version.isOutdated(by: version) || outdatesByTime(content)
    }

    /// Whether a content has a later version than this one, and was written before it.
    public func outdatesByTime(_ content: Floor) -> Bool {
        guard let time = content.written, let written, version.isEarlier(than: content.version) else { return false }
        return time.isEarlier(than: written)
    }

    /// What is remembered once a content was read; nil when nothing changes.
    public func raised(to content: Floor) -> Floor? {
        guard version.isEarlier(than: content.version) else { return nil }
        return Floor(content.version, written: [written, content.written].compactMap(\.self).max())
    }

    /// What is remembered once a content was written; nil when nothing changes. The store may have the present one
    /// still, when that was written at the same time: so the time is the earlier one of both.
    public func replaced(by content: Floor) -> Floor? {
        if version == .erasure { return nil }
        guard let time = content.written, let written else {
            return Floor(content.version, written: written ?? content.written)
        }
        return Floor(content.version, written: version.isEarlier(than: content.version) ? time : min(time, written))
    }
}

/// When a content was written, and whether this machine did it, in one word.
public struct SeenTime: Hashable, Comparable, Sendable {
    /// By how many microseconds the clocks of two machines may differ: twice what the DynamoDB API allows to one.
    public static let clockDifference: UInt64 = 600_000_000

    /// The time, and a bit for the machine below it. Never 0.
    public let bits: UInt64

    /// Takes a word as it was kept; nil for 0.
    public init?(bits: UInt64) {
        if bits == 0 { return nil }
        self.bits = bits
    }

    /// What a stamp tells on the machine of a number.
    public init(_ stamp: WriteStamp, on machine: UInt32) {
        bits = (stamp.time + 1) << 1 | (stamp.machine == machine ? 1 : 0)
    }

    /// Microseconds since 1970.
    public var time: UInt64 { bits >> 1 - 1 }
    private var isOwn: Bool { bits & 1 == 1 }

    /// Whether this was written before: by the machine's own order, or so long before that clocks do not differ by it.
    func isEarlier(than other: SeenTime) -> Bool {
        isOwn && other.isOwn ? bits < other.bits : time + Self.clockDifference < other.time
    }

    public static func < (one: SeenTime, other: SeenTime) -> Bool { one.bits < other.bits }
}

/// A content of a record as it is told from all others of that record, in one word: the version, the generation of the
/// data key, and a part of the mark.
public struct SeenVersion: Hashable, Sendable {
    /// The version has 32 bits, the generation 16, and the mark 16.
    public let bits: UInt64

    /// Takes a word as it was kept.
    public init(bits: UInt64) { self.bits = bits }

    /// Nil for versions and generations that the bits do not hold, which nobody reaches.
    public init?(version: Int64, generation: UInt32, mark: UInt64) {
        guard let version = UInt32(exactly: version), let generation = UInt16(exactly: generation) else { return nil }
        self.init(version, generation, UInt16(truncatingIfNeeded: mark ^ mark >> 16 ^ mark >> 32 ^ mark >> 48))
    }

    /// What is later than a record's last version, and earlier than the first one of another life.
    public init?(deletionAfter version: Int64) {
        guard let version = UInt32(exactly: version) else { return nil }
        self.init(version, .max, .max)
    }

    private init(_ version: UInt32, _ generation: UInt16, _ mark: UInt16) {
        bits = UInt64(version) << 32 | UInt64(generation) << 16 | UInt64(mark)
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
