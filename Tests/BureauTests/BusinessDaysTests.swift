import Testing

@testable import Bureau

@Suite("Business days")
struct BusinessDaysTests {
    private func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

    /// From the tables of Easter that the United States Naval Observatory publishes, with the earliest and latest days.
    @Test(
        "Easter is on the day that the tables have",
        arguments: [
            "1818-03-22", "1943-04-25", "1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23", "2011-04-24",
            "2016-03-27", "2019-04-21", "2020-04-12", "2021-04-04", "2022-04-17", "2023-04-09", "2024-03-31",
            "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2038-04-25",
            "2285-03-22",
        ])
    func easter(_ text: String) throws {
        let day = try date(text)
        #expect(CalendarDate.easter(in: day.components.year) == day)
    }

    @Test("Easter is a Sunday between 22 March and 25 April in every year of a whole cycle of the calendar")
    func everyEaster() throws {
        let sunday = try date("2026-04-05").daysSinceEpoch
        for year in 1600..<2400 {
            let easter = CalendarDate.easter(in: year)
            #expect((easter.daysSinceEpoch - sunday) % 7 == 0 && easter.components.year == year)
            let (_, month, day) = easter.components
            #expect((month, day) >= (3, 22) && (month, day) <= (4, 25), "\(year)")
        }
    }

    /// The national holidays of 2026, without the optional days, as the federal government announced them.
    @Test("2026 has ten national holidays, and Carnival and Corpus Christi are none")
    func holidays() throws {
        let first = try date("2026-01-01")
        let holidays = (0..<365).map { first.adding(days: $0) }.filter(\.isNationalHoliday).map(\.text)
        #expect(
            holidays == [
                "2026-01-01", "2026-04-03", "2026-04-21", "2026-05-01", "2026-09-07", "2026-10-12", "2026-11-02",
                "2026-11-15", "2026-11-20", "2026-12-25",
            ])
        #expect(try date("2026-02-17").isBusinessDay && date("2026-06-04").isBusinessDay)
    }

    @Test("20 November is a holiday since 2024")
    func consciousness() throws {
        #expect(try date("2023-11-20").isBusinessDay)
        #expect(try !date("2024-11-20").isBusinessDay)
    }

    @Test(
        "business days are counted from the day that follows",
        arguments: [
            // Friday, over a weekend.
            ("2026-11-27", 2, "2026-12-01"),
            // From a Saturday, as from a Sunday and a Friday.
            ("2026-11-28", 2, "2026-12-01"), ("2026-11-29", 2, "2026-12-01"),
            // Over a holiday on a Friday, and over Good Friday.
            ("2026-11-18", 2, "2026-11-23"), ("2026-04-01", 2, "2026-04-06"),
            // Over the turn of a year.
            ("2026-12-30", 2, "2027-01-04"), ("2026-11-25", 5, "2026-12-02"), ("2026-11-25", 0, "2026-11-25"),
        ])
    func counts(_ from: String, _ count: Int, _ to: String) throws {
        #expect(try date(from).adding(businessDays: count) == date(to))
    }

    @Test("days before 1970 have their weekdays too")
    func early() throws {
        // 1969-07-20 was a Sunday.
        #expect(try !date("1969-07-20").isBusinessDay && date("1969-07-21").isBusinessDay)
        #expect(try !date("1969-07-19").isBusinessDay && date("1969-07-18").isBusinessDay)
    }

    @Test(
        "a term leaves out its first day and ends on a business day",
        arguments: [
            (LegalTerm.correction, "2026-11-17", "2026-11-27"),
            // The tenth day is a Saturday; a holiday; a holiday before a weekend.
            (LegalTerm.correction, "2026-11-18", "2026-11-30"), (LegalTerm.correction, "2026-10-02", "2026-10-13"),
            (LegalTerm.correction, "2026-11-10", "2026-11-23"), (LegalTerm.cadastro, "2026-11-27", "2026-12-01"),
            (LegalTerm.notice, "2026-11-13", "2026-11-23"),
        ])
    func terms(_ term: LegalTerm, _ from: String, _ last: String) throws {
        #expect(try term.lastDay(from: date(from)) == date(last))
    }

    @Test("a request late in the evening counts for the day in São Paulo")
    func evening() throws {
        let instant = try #require(Instant("2026-11-28T02:59:59Z"))
        #expect(try LegalTerm.cadastro.lastDay(from: instant) == date("2026-12-01"))
        let next = try #require(Instant("2026-11-30T03:00:00Z"))
        #expect(try LegalTerm.cadastro.lastDay(from: next) == date("2026-12-02"))
    }

    @Test("the last days of the calendar are the end")
    func end() {
        #expect(CalendarDate.last.adding(days: 10) == .last)
    }
}
