/// A day of the proleptic Gregorian calendar, without a time or a zone, from 0001-01-01 to 9999-12-31.
///
/// Its text is the complete extended form of ISO 8601, `YYYY-MM-DD` (RFC 3339 §5.6, `full-date`).
public struct CalendarDate: TextValue, Comparable, CustomStringConvertible {
    /// The days since 1970-01-01; negative before.
    public let daysSinceEpoch: Int32

    /// The earliest day, 0001-01-01.
    public static let first = CalendarDate(knownDays: -719_162)
    /// The latest day, 9999-12-31.
    public static let last = CalendarDate(knownDays: 2_932_896)

    /// Counts from 1970-01-01; nil outside the years 1 to 9999.
    public init?(daysSinceEpoch: Int32) {
        guard (Self.first.daysSinceEpoch...Self.last.daysSinceEpoch).contains(daysSinceEpoch) else { return nil }
        self.init(knownDays: daysSinceEpoch)
    }

    /// Takes a year, a month from 1 and a day from 1; nil unless the day exists in the years 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        self.init(knownDays: Self.days(year: year, month: month, day: day))
    }

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = text.decimal(0..<4), let month = text.decimal(5..<7), let day = text.decimal(8..<10)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Takes a count between `first` and `last`, unchecked.
    init(knownDays: Int32) {
        daysSinceEpoch = knownDays
    }

    @inlinable
    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { text in
            write(to: text)
            return body(UnsafeBufferPointer(rebasing: text[..<10]))
        }
    }

    public var description: String { text }

    public static func < (one: CalendarDate, other: CalendarDate) -> Bool {
        one.daysSinceEpoch < other.daysSinceEpoch
    }

    /// Writes the ten bytes of the text at the start of `buffer`.
    @usableFromInline
    func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let (year, month, day) = components
        buffer.writeDecimal(year, width: 4, at: 0)
        buffer[4] = UInt8(ascii: "-")
        buffer.writeDecimal(month, width: 2, at: 5)
        buffer[7] = UInt8(ascii: "-")
        buffer.writeDecimal(day, width: 2, at: 8)
    }
}

/// Arithmetic on years that begin on 1 March, so that the leap day comes last, in eras of 400 years.
extension CalendarDate {
    /// The year, the month from 1 and the day from 1.
    public var components: (year: Int, month: Int, day: Int) {
        let days = Int(daysSinceEpoch) + Self.daysFromMarchOfYearZero
        let era = days / Self.daysInEra
        let dayOfEra = days % Self.daysInEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    /// The completed years from this day to `other`, negative when `other` is earlier.
    ///
    /// A birthday on 29 February is 1 March in common years.
    public func years(until other: CalendarDate) -> Int {
        months(until: other) / 12
    }

    /// The completed months from this day to `other`, negative when `other` is earlier.
    ///
    /// A day that the last month lacks becomes the following day: one month after 31 January ends on 1 March.
    public func months(until other: CalendarDate) -> Int {
        guard self <= other else { return -other.months(until: self) }
        let start = components
        let end = other.components
        let calendarMonths = (end.year - start.year) * 12 + end.month - start.month
        return end.day < start.day ? calendarMonths - 1 : calendarMonths
    }

    /// Counts the days from 1970-01-01 to a day that exists.
    static func days(year: Int, month: Int, day: Int) -> Int32 {
        let marchYear = month <= 2 ? year - 1 : year
        let yearOfEra = marchYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(marchYear / 400 * daysInEra + dayOfEra - daysFromMarchOfYearZero)
    }

    /// The number of days of a month from 1 to 12.
    static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static let daysInEra = 146_097
    /// The days from 0000-03-01, when the eras begin, to 1970-01-01.
    private static let daysFromMarchOfYearZero = 719_468
}
