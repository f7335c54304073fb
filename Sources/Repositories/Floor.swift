import Bureau

/// The content of a record that was seen last: its version, and when it was written.
public struct Floor: Hashable, Sendable {
    public var version: SeenVersion
    /// When the content of that version was written; nil where nobody knows.
    public var written: SeenTime?
    /// The writes of this machine that are on their way, or of which nobody knows what became.
    public var underWay: WritesUnderWay?

    public init(_ version: SeenVersion, written: SeenTime? = nil) {
        self.version = version
        self.written = written
    }

    /// Whether a content is another one than this latest one and no later one: by its version, which a store tells, or
    /// by its time, which a store cannot alter.
    public func outdates(_ content: Floor) -> Bool {
        if content.version.isOutdated(by: version) { return true }
        guard let time = content.written, let written, content.version != version else { return false }
        // The same content under another data key keeps its time, and its version.
        if content.version.version == version.version { return time.time != written.time }
        if let underWay { return time.isEarlier(than: SeenTime(own: underWay.since)) }
        return time.time == written.time || time.isEarlier(than: written)
    }

    /// What is remembered once a content was read; nil when nothing changes.
    public func raised(to content: Floor) -> Floor? {
        version.isEarlier(than: content.version) ? replaced(by: content) : nil
    }

    /// What is remembered once a content was written; nil when nothing changes. Of two writes at once the one that is
    /// remembered last may be the former one: the store has the other then, of which no time is held against it.
    public func replaced(by content: Floor) -> Floor? {
        if version == .erasure { return nil }
        var floor = self
        floor.version = content.version
        floor.written = content.version.isEarlier(than: version) ? nil : content.written
        return floor
    }
}

/// Writes of one record that have begun, and are not known to have ended, in one word.
///
/// Two writers may be told apart in one order and come to the store in the other. So nothing that was written since the
/// first of them began is taken for a former copy. A writer that was killed stays under way until the record is written
/// again, a while later.
public struct WritesUnderWay: Hashable, Sendable {
    private static let countBits = 12
    private static let mostCount: UInt64 = 1 << 12 - 1
    /// After how many microseconds no write is on its way any more.
    private static let longest: UInt64 = 60_000_000

    /// The time of the first one, and how many there are.
    public let bits: UInt64

    /// Takes a word as it was kept; nil for 0.
    public init?(bits: UInt64) {
        if bits == 0 { return nil }
        self.bits = bits
    }

    private init(since: UInt64, count: UInt64) { bits = since << Self.countBits | min(count, Self.mostCount) }

    /// When the first one was stamped, in microseconds since 1970.
    public var since: UInt64 { bits >> Self.countBits }
    private var count: UInt64 { bits & Self.mostCount }

    /// The word with one more, which was stamped at a time.
    public static func begun(at time: UInt64, _ present: UInt64) -> UInt64 {
        guard let present = Self(bits: present) else { return Self(since: time, count: 1).bits }
        return Self(since: min(present.since, time), count: present.count + 1).bits
    }

    /// The word with one less; with none when that one began so late that the others are over.
    public static func ended(at time: UInt64, _ present: UInt64) -> UInt64 {
        guard let present = Self(bits: present), present.count > 1, time < present.since + longest else { return 0 }
        return present.count == mostCount ? present.bits : Self(since: present.since, count: present.count - 1).bits
    }
}

/// When a content was written, and whether this machine did it, in one word.
public struct SeenTime: Hashable, Sendable {
    /// By how many microseconds the clocks of two machines may differ: twice what the DynamoDB API allows to one.
    public static let clockDifference: UInt64 = 600_000_000

    /// The time, and a bit for the machine below it. Never 0.
    public let bits: UInt64

    /// Takes a word as it was kept; nil for 0.
    public init?(bits: UInt64) {
        if bits == 0 { return nil }
        self.bits = bits
    }

    /// A time of this machine.
    init(own time: UInt64) { bits = (time + 1) << 1 | 1 }

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

    /// What every version is later than: of a record that is written for the first time, as far as the machine knows.
    public static let none = SeenVersion(bits: 1)

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
