import Testing

@testable import Bureau

@Suite("CalendarDate")
struct CalendarDateTests {
    @Test(
        "a date is the number of its days from 1970",
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
            ("2000-02-29", 11_016), ("2026-11-20", 20_777), ("1600-02-29", -135_081),
        ])
    func reads(_ text: String, _ days: Int32) {
        #expect(CalendarDate(text)?.daysSinceEpoch == days)
        #expect(CalendarDate(daysSinceEpoch: days)?.text == text)
    }

    @Test(
        "a day that does not exist, or another form, is refused",
        arguments: [
            "0000-12-31", "2025-02-29", "1900-02-29", "2026-00-10", "2026-13-01", "2026-04-31", "2026-01-00",
            "2026-01-32", "",
            "2026-1-01", "2026-01-1", "20260101", "2026/01/01", "26-01-01", "12026-01-01", "-001-01-01", "+2026-01-1",
            " 2026-01-01",
            "2026-01-01 ", "2026-01-01Z", "2026-W01-1", "2026-001", "２026-01-", "2026-01-0\0",
        ])
    func refuses(_ text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test("days outside the years 1 to 9999 are refused", arguments: [-719_163, 2_932_897, Int32.min, Int32.max])
    func refusesDays(_ days: Int32) {
        #expect(CalendarDate(daysSinceEpoch: days) == nil)
    }

    @Test("every day of four centuries follows the one before, in its number, its text and its order")
    func countsEveryDay() throws {
        var expected = try #require(CalendarDate("1800-01-01")).daysSinceEpoch
        for year in 1800..<2200 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = CalendarDate(year: year, month: month, day: day) else {
                        try #require(day > 28)
                        continue
                    }
                    try #require(date.daysSinceEpoch == expected)
                    try #require(date.components == (year, month, day))
                    try #require(CalendarDate(date.text) == date)
                    expected += 1
                }
            }
        }
        #expect(CalendarDate(daysSinceEpoch: expected)?.text == "2200-01-01")
    }

    @Test("every year from 1 to 9999 has its days")
    func countsEveryYear() throws {
        var expected: Int32 = -719_162
        for year in 1...9999 {
            let firstDay = try #require(CalendarDate(year: year, month: 1, day: 1))
            try #require(firstDay.daysSinceEpoch == expected)
            let isLeap = CalendarDate(year: year, month: 2, day: 29) != nil
            expected += isLeap ? 366 : 365
        }
        #expect(expected == CalendarDate.last.daysSinceEpoch + 1)
    }

    @Test(
        "completed years end on the birthday",
        arguments: [
            ("1990-05-15", "2026-05-14", 35), ("1990-05-15", "2026-05-15", 36), ("2004-02-29", "2025-02-28", 20),
            ("2004-02-29", "2025-03-01", 21), ("2004-02-29", "2024-02-28", 19), ("2004-02-29", "2024-02-29", 20),
            ("2026-01-01", "2026-01-01", 0), ("2026-05-15", "2025-05-16", 0), ("2026-05-15", "2025-05-15", -1),
            ("0001-01-01", "9999-12-31", 9998),
        ])
    func countsYears(_ start: String, _ end: String, _ years: Int) throws {
        let start = try #require(CalendarDate(start))
        let end = try #require(CalendarDate(end))
        #expect(start.years(until: end) == years)
        #expect(end.years(until: start) == -years)
    }

    @Test(
        "completed months end on the same day of the month",
        arguments: [
            ("2026-01-15", "2026-02-14", 0), ("2026-01-15", "2026-02-15", 1), ("2026-01-31", "2026-02-28", 0),
            ("2026-01-31", "2026-03-01", 1), ("2025-12-01", "2026-01-01", 1), ("2015-08-03", "2026-11-20", 135),
            ("2026-02-15", "2026-01-15", -1),
        ])
    func countsMonths(_ start: String, _ end: String, _ months: Int) throws {
        let start = try #require(CalendarDate(start))
        let end = try #require(CalendarDate(end))
        #expect(start.months(until: end) == months)
    }
}
