/// A day of the proleptic Gregorian calendar, without a time or a zone, from 0001-01-01 to 9999-12-31.
///
/// Its text is the complete extended form of ISO 8601, `YYYY-MM-DD` (RFC 3339 §5.6, `full-date`).
package struct CalendarDate: TextValue, Comparable, CustomStringConvertible {
    /// The days since 1970-01-01; negative before.
    package let daysSinceEpoch: Int32

    /// The first day that can be held, 0001-01-01.
    package static let first = CalendarDate(knownDays: -719_162)
    /// The last day that can be held, 9999-12-31.
    package static let last = CalendarDate(knownDays: 2_932_896)

    /// Counts from 1970-01-01; nil outside the years 1 to 9999.
    package init?(daysSinceEpoch: Int32) {
        guard (Self.first.daysSinceEpoch...Self.last.daysSinceEpoch).contains(daysSinceEpoch) else { return nil }
        self.init(knownDays: daysSinceEpoch)
    }

    /// Takes a year, a month from 1 and a day from 1; nil when there is no such day in the years 1 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        self.init(knownDays: Self.days(year: year, month: month, day: day))
    }

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = text.decimal(0..<4), let month = text.decimal(5..<7), let day = text.decimal(8..<10)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Takes a count that the caller knows to be between `first` and `last`.
    init(knownDays: Int32) {
        daysSinceEpoch = knownDays
    }

    @inlinable
    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { text in
            write(to: text)
            return body(UnsafeBufferPointer(rebasing: text[..<10]))
        }
    }

    package var description: String { text }

    package static func < (one: CalendarDate, other: CalendarDate) -> Bool {
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
