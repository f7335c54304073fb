/// Identifiers that tell no moment: base B has those of scores so, because the moment of a score may be that of an
/// event of base C.
///
/// The day stays, because stores page, walk and delete by it. Within its day the time is moved on by a pad and goes
/// around; the random bits stay, so that the pad can be made of them. A hidden identifier is a UUID of version 8 (RFC
/// 9562 §5.8), and thereby told from those of earlier releases, which are as they were.
extension RecordID {
    private static let plainVersion: UInt64 = 0x7000
    private static let hiddenVersion: UInt64 = 0x8000

    /// Whether a store has the identifier hidden.
    public var isHidden: Bool { version == Self.hiddenVersion }

    /// The random bits, without what tells a time; the same in the hidden identifier.
    public var randomBits: RecordID { RecordID(high: high & 0x3, low: low) }

    /// When the record was made; nil for an identifier that `make` has not made. A hidden one has the day alone.
    public var instant: Instant? {
        let microseconds = high >> 2 & 0x3FF
        guard version == Self.plainVersion || isHidden, microseconds < 1000 else { return nil }
        return Instant(microsecondsSinceEpoch: Int64(high >> 16) * 1000 + Int64(microseconds))
    }

    /// Hides the time by a pad; an identifier that `make` has not made stays as it is.
    public func hidden(by pad: UInt64) -> RecordID {
        version == Self.plainVersion ? moved(by: Self.shift(pad), to: Self.hiddenVersion) : self
    }

    /// The identifier that was hidden by a pad.
    public func shown(by pad: UInt64) -> RecordID {
        isHidden ? moved(by: Instant.microsecondsInDay - Self.shift(pad), to: Self.plainVersion) : self
    }

    /// The first identifier of the next day in UTC, before which all of this one's day are; nil after the last day.
    public var endOfDay: RecordID? {
        let millisecondsInDay = UInt64(Instant.microsecondsInDay / 1000)
        let end = ((high >> 16) / millisecondsInDay + 1) * millisecondsInDay
        return end < 1 << 48 ? RecordID(high: end << 16, low: 0) : nil
    }

    private var version: UInt64 { high & 0xF000 }

    private static func shift(_ pad: UInt64) -> Int64 { Int64(pad % UInt64(Instant.microsecondsInDay)) }

    private func moved(by shift: Int64, to version: UInt64) -> RecordID {
        guard let instant else { return self }
        let ofDay = (instant.microsecondOfDay + shift) % Instant.microsecondsInDay
        let moved = UInt64(instant.startOfDay.microsecondsSinceEpoch + ofDay)
        return RecordID(high: (moved / 1000) << 16 | version | (moved % 1000) << 2 | high & 0x3, low: low)
    }
}
