/// A point in time in UTC, to the microsecond, in the years 0001 to 9999.
///
/// A day has 86 400 seconds, without leap seconds, as in POSIX time.
public struct Instant: TextValue, Comparable, CustomStringConvertible {
    /// The microseconds since 1970-01-01T00:00:00Z; negative before.
    public let microsecondsSinceEpoch: Int64

    /// The earliest instant, 0001-01-01T00:00:00Z.
    public static let first = Instant(knownMicroseconds: -719_162 * microsecondsInDay)
    /// The latest instant, 9999-12-31T23:59:59.999999Z.
    public static let last = Instant(knownMicroseconds: 2_932_897 * microsecondsInDay - 1)

    public static let microsecondsInDay: Int64 = 86_400_000_000

    /// Counts from 1970-01-01T00:00:00Z; nil outside the years 1 to 9999.
    public init?(microsecondsSinceEpoch: Int64) {
        let range = Self.first.microsecondsSinceEpoch...Self.last.microsecondsSinceEpoch
        guard range.contains(microsecondsSinceEpoch) else { return nil }
        self.init(knownMicroseconds: microsecondsSinceEpoch)
    }

    /// Takes the reading of a clock. A reading beyond `first` or `last` becomes that limit, so that a broken clock
    /// never traps.
    public init(secondsSinceEpoch: Int64, microseconds: Int64 = 0) {
        let total = Int128(secondsSinceEpoch) * 1_000_000 + Int128(microseconds)
        let clamped = min(
            max(total, Int128(Self.first.microsecondsSinceEpoch)), Int128(Self.last.microsecondsSinceEpoch))
        self.init(knownMicroseconds: Int64(clamped))
    }

    /// Takes a count between `first` and `last`, unchecked.
    private init(knownMicroseconds: Int64) {
        microsecondsSinceEpoch = knownMicroseconds
    }

    /// The day in UTC.
    public var date: CalendarDate {
        let sinceFirst = microsecondsSinceEpoch - Self.first.microsecondsSinceEpoch
        return CalendarDate(knownDays: Int32(sinceFirst / Self.microsecondsInDay) + CalendarDate.first.daysSinceEpoch)
    }

    /// The start of the day in UTC.
    public var startOfDay: Instant { Instant(knownMicroseconds: microsecondsSinceEpoch - microsecondOfDay) }

    /// The end of the day in UTC: the start of the next one.
    public var endOfDay: Instant {
        Instant(microsecondsSinceEpoch: startOfDay.microsecondsSinceEpoch + Self.microsecondsInDay) ?? .last
    }

    /// The microseconds since the start of the day in UTC.
    var microsecondOfDay: Int64 {
        (microsecondsSinceEpoch - Self.first.microsecondsSinceEpoch) % Self.microsecondsInDay
    }

    public static func < (one: Instant, other: Instant) -> Bool {
        one.microsecondsSinceEpoch < other.microsecondsSinceEpoch
    }
}

/// The text of an instant: `date-time` of RFC 3339 §5.6.
extension Instant {
    /// Reads `2026-11-20T00:00:00Z`, with any offset, which is converted, and with a fraction of a second.
    ///
    /// A fraction may have any number of digits; what is finer than a microsecond is cut off. A leap second is read
    /// where it can be, at 23:59:60 UTC on the last day of June or December (§5.7), and counts as the second after it,
    /// as in POSIX time. `T` and `Z` may be small letters. A space in place of the `T`, which §5.6 leaves to
    /// applications, is refused.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count >= 20, let date = CalendarDate(UnsafeBufferPointer(rebasing: text[..<10])),
            text[10] | 0x20 == UInt8(ascii: "t"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let hour = text.decimal(11..<13), hour <= 23,
            let minute = text.decimal(14..<16), minute <= 59,
            let second = text.decimal(17..<19), second <= 60,
            let (fraction, offsetIndex) = Self.fraction(in: text),
            let offset = Self.offsetMinutes(in: text, at: offsetIndex)
        else { return nil }
        let seconds = Int64((hour * 60 + minute - offset) * 60 + second)
        self.init(
            microsecondsSinceEpoch: Int64(date.daysSinceEpoch) * Self.microsecondsInDay + seconds * 1_000_000
                + fraction)
        if second == 60, !isAfterLeapSecond { return nil }
    }

    /// Whether a leap second may end just before this second: on the first day of January or July, 00:00:00 UTC.
    private var isAfterLeapSecond: Bool {
        let (_, month, day) = date.components
        return (month == 1 || month == 7) && day == 1 && microsecondOfDay < 1_000_000
    }

    /// Lends `2026-11-20T00:00:00Z`, with the shortest exact fraction of none, three or six digits.
    @inlinable
    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 27) { text in
            let count = write(to: text)
            return body(UnsafeBufferPointer(rebasing: text[..<count]))
        }
    }

    public var description: String { text }

    /// Writes the text at the start of `buffer` and returns its length.
    @usableFromInline
    func write(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        date.write(to: buffer)
        let (second, fraction) = Int(microsecondOfDay).quotientAndRemainder(dividingBy: 1_000_000)
        buffer[10] = UInt8(ascii: "T")
        buffer.writeDecimal(second / 3600, width: 2, at: 11)
        buffer[13] = UInt8(ascii: ":")
        buffer.writeDecimal(second / 60 % 60, width: 2, at: 14)
        buffer[16] = UInt8(ascii: ":")
        buffer.writeDecimal(second % 60, width: 2, at: 17)
        var end = 19
        if fraction != 0 {
            buffer[end] = UInt8(ascii: ".")
            let isWholeMilliseconds = fraction % 1000 == 0
            let width = isWholeMilliseconds ? 3 : 6
            buffer.writeDecimal(isWholeMilliseconds ? fraction / 1000 : fraction, width: width, at: end + 1)
            end += 1 + width
        }
        buffer[end] = UInt8(ascii: "Z")
        return end + 1
    }

    /// Reads the fraction in whole microseconds, zero without a fraction, and returns the index after it.
    private static func fraction(in text: UnsafeBufferPointer<UInt8>) -> (microseconds: Int64, end: Int)? {
        guard text[19] == UInt8(ascii: ".") else { return (0, 19) }
        var microseconds: Int64 = 0
        var unit: Int64 = 100_000
        var index = 20
        while index < text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            microseconds += Int64(digit) * unit
            unit /= 10
            index += 1
        }
        return index > 20 ? (microseconds, index) : nil
    }

    /// Reads the offset from UTC in minutes; nil unless it fills the rest of the text from `index` on.
    private static func offsetMinutes(in text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        switch text.count - index {
        case 1:
            return text[index] | 0x20 == UInt8(ascii: "z") ? 0 : nil
        case 6:
            guard text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-"),
                text[index + 3] == UInt8(ascii: ":"),
                let hours = text.decimal(index + 1..<index + 3), hours <= 23,
                let minutes = text.decimal(index + 4..<index + 6), minutes <= 59
            else { return nil }
            return (text[index] == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
        default:
            return nil
        }
    }
}
