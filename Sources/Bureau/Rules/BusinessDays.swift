/// Brazil's business days: Monday to Friday without the national holidays.
///
/// Carnival and Corpus Christi are no holidays by a national law, so they count: a term that the law gives a bureau is
/// never longer than the law says. Holidays of states and towns are not known here for the same reason.
extension CalendarDate {
    /// Whether offices work on the day.
    public var isBusinessDay: Bool { !isWeekend && !isNationalHoliday }

    /// This day, or the first business day after it.
    public var orNextBusinessDay: CalendarDate {
        var day = self
        while !day.isBusinessDay { day = day.adding(days: 1) }
        return day
    }

    /// The business day that comes `count` business days after this day; this day itself is not counted.
    public func adding(businessDays count: Int) -> CalendarDate {
        var day = self
        for _ in 0..<count { day = day.adding(days: 1).orNextBusinessDay }
        return day
    }

    /// The day so many days later; the last day there is, beyond it.
    public func adding(days: Int32) -> CalendarDate {
        CalendarDate(daysSinceEpoch: daysSinceEpoch + days) ?? .last
    }

    /// Whether the day is a national holiday, by the laws as they stand in 2026.
    ///
    /// 1 January, 21 April, 1 May, 7 September, 2 and 15 November, 25 December (Lei 662/1949 in the wording of Lei
    /// 10.607/2002), 12 October (Lei 6.802/1980), 20 November since 2024 (Lei 14.759/2023), and Good Friday, which Lei
    /// 9.093/1995 leaves to the towns and which all of them keep.
    public var isNationalHoliday: Bool {
        let (year, month, day) = components
        switch (month, day) {
        case (1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25): return true
        case (11, 20): return year >= 2024
        case (3, _), (4, _): return adding(days: 2) == .easter(in: year)
        default: return false
        }
    }

    /// Easter Sunday of a year of the Gregorian calendar, by the rule of Meeus, Jones and Butcher.
    public static func easter(in year: Int) -> CalendarDate {
        let (century, yearOfCentury) = (year / 100, year % 100)
        let golden = year % 19
        let correction = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - century / 4 - correction + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (yearOfCentury / 4) - epact - yearOfCentury % 4) % 7
        let shift = (golden + 11 * epact + 22 * weekday) / 451
        let month = (epact + weekday - 7 * shift + 114) / 31
        let day = (epact + weekday - 7 * shift + 114) % 31 + 1
        return CalendarDate(knownDays: days(year: year, month: month, day: day))
    }

    /// Whether the day is a Saturday or a Sunday; 1970-01-01 was a Thursday.
    private var isWeekend: Bool {
        let weekday = ((daysSinceEpoch + 3) % 7 + 7) % 7
        return weekday >= 5
    }
}
