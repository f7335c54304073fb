/// The calendar's arithmetic, on years that begin on 1 March so that the leap day comes last, in eras of 400 years.
extension CalendarDate {
    /// The year, the month from 1 and the day from 1.
    package var components: (year: Int, month: Int, day: Int) {
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
    /// Who is born on 29 February has the birthday on 1 March in common years.
    package func years(until other: CalendarDate) -> Int {
        months(until: other) / 12
    }

    /// The completed months from this day to `other`, negative when `other` is earlier.
    ///
    /// A day that the last month lacks is counted as its following day: from 31 January, one month is over on 1 March.
    package func months(until other: CalendarDate) -> Int {
        guard self <= other else { return -other.months(until: self) }
        let start = components
        let end = other.components
        let calendarMonths = (end.year - start.year) * 12 + end.month - start.month
        return end.day < start.day ? calendarMonths - 1 : calendarMonths
    }

    /// The days from 1970-01-01 to a day that exists.
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
    /// From 0000-03-01, where the eras begin, to 1970-01-01.
    private static let daysFromMarchOfYearZero = 719_468
}
