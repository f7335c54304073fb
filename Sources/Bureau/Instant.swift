/// A point in time in UTC, to the microsecond, in the years 0001 to 9999.
///
/// Days have 86 400 seconds: leap seconds are not counted, as in POSIX time.
package struct Instant: TextValue, Comparable, CustomStringConvertible {
    /// The microseconds since 1970-01-01T00:00:00Z; negative before.
    package let microsecondsSinceEpoch: Int64

    /// The first instant that can be held, 0001-01-01T00:00:00Z.
    package static let first = Instant(knownMicroseconds: -719_162 * microsecondsInDay)
    /// The last instant that can be held, 9999-12-31T23:59:59.999999Z.
    package static let last = Instant(knownMicroseconds: 2_932_897 * microsecondsInDay - 1)

    static let microsecondsInDay: Int64 = 86_400_000_000

    /// Counts from 1970-01-01T00:00:00Z; nil outside the years 1 to 9999.
    package init?(microsecondsSinceEpoch: Int64) {
        let range = Self.first.microsecondsSinceEpoch...Self.last.microsecondsSinceEpoch
        guard range.contains(microsecondsSinceEpoch) else { return nil }
        self.init(knownMicroseconds: microsecondsSinceEpoch)
    }

    /// Takes what a clock gives. A reading before `first` or after `last` becomes that limit, so that a broken clock
    /// never traps.
    package init(secondsSinceEpoch: Int64, microseconds: Int64 = 0) {
        let total = Int128(secondsSinceEpoch) * 1_000_000 + Int128(microseconds)
        let clamped = min(
            max(total, Int128(Self.first.microsecondsSinceEpoch)), Int128(Self.last.microsecondsSinceEpoch))
        self.init(knownMicroseconds: Int64(clamped))
    }

    /// The start of a day in UTC.
    package init(startOf date: CalendarDate) {
        self.init(knownMicroseconds: Int64(date.daysSinceEpoch) * Self.microsecondsInDay)
    }

    /// Takes a count that the caller knows to be between `first` and `last`.
    private init(knownMicroseconds: Int64) {
        microsecondsSinceEpoch = knownMicroseconds
    }

    /// The day in UTC.
    package var date: CalendarDate {
        let sinceFirst = microsecondsSinceEpoch - Self.first.microsecondsSinceEpoch
        return CalendarDate(knownDays: Int32(sinceFirst / Self.microsecondsInDay) + CalendarDate.first.daysSinceEpoch)
    }

    /// The microseconds since the start of the day in UTC.
    var microsecondOfDay: Int64 {
        (microsecondsSinceEpoch - Self.first.microsecondsSinceEpoch) % Self.microsecondsInDay
    }

    package static func < (one: Instant, other: Instant) -> Bool {
        one.microsecondsSinceEpoch < other.microsecondsSinceEpoch
    }
}
