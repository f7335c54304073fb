/// When a record was made and last written. A store has both hidden (`VaultSession.hidden`), because times join bases:
/// who is known to one since the moment at which another got to know somebody is that person.
public struct RowTimes: Hashable, Sendable {
    public var created: Instant
    public var updated: Instant

    public init(created: Instant, updated: Instant) {
        self.created = created
        self.updated = updated
    }

    /// The times of a record that is made then.
    public init(_ at: Instant) { self.init(created: at, updated: at) }
}

/// Hidden times lie in the years 6536 to 8820, so that those of earlier versions, which are as they were, are told
/// apart.
extension RowTimes {
    /// The microseconds from which on a time is a hidden one.
    public static let start: Int64 = 1 << 57
    private static let mask: Int64 = 1 << 56 - 1

    /// Hides a time by the low bits of a pad; one before 1970 or far ahead stays as it is.
    public static func hidden(_ time: Instant, by pad: UInt64) -> Instant {
        let microseconds = time.microsecondsSinceEpoch
        guard microseconds & mask == microseconds else { return time }
        let hidden = start + (microseconds ^ Int64(truncatingIfNeeded: pad) & mask)
        return Instant(microsecondsSinceEpoch: hidden) ?? time
    }

    /// The time that was hidden by a pad.
    public static func shown(_ time: Instant, by pad: UInt64) -> Instant {
        guard time.microsecondsSinceEpoch >= start else { return time }
        let hidden = time.microsecondsSinceEpoch - start
        return Instant(microsecondsSinceEpoch: hidden ^ Int64(truncatingIfNeeded: pad) & mask) ?? time
    }
}
