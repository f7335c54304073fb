import Testing

@testable import Bureau

@Suite("Instant")
struct InstantTests {
    @Test(
        "an instant is read, normalised to UTC and written in its shortest form",
        arguments: [
            ("2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z"),
            ("2026-11-20t00:00:00z", "2026-11-20T00:00:00Z"),
            ("2026-11-20T00:00:00.000Z", "2026-11-20T00:00:00Z"),
            ("2026-11-20T00:00:00.5Z", "2026-11-20T00:00:00.500Z"),
            ("2026-11-20T23:59:59.123456Z", "2026-11-20T23:59:59.123456Z"),
            ("2026-11-20T23:59:59.000001Z", "2026-11-20T23:59:59.000001Z"),
            ("2026-11-20T00:00:00.12345600000000000000000Z", "2026-11-20T00:00:00.123456Z"),
            ("2026-11-20T10:00:00.123456789Z", "2026-11-20T10:00:00.123456Z"),
            ("2026-11-20T10:00:00.9999999Z", "2026-11-20T10:00:00.999999Z"),
            ("2026-11-20T10:00:00.0000009Z", "2026-11-20T10:00:00Z"),
            ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2015-06-30T23:59:60.25Z", "2015-07-01T00:00:00.250Z"),
            ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"),
            ("2017-01-01T05:29:60.9999999+05:30", "2017-01-01T00:00:00.999999Z"),
            ("2026-11-20T00:00:00-03:00", "2026-11-20T03:00:00Z"),
            ("2026-12-31T23:30:00.25-23:59", "2027-01-01T23:29:00.250Z"),
            ("2026-01-01T00:00:00+05:30", "2025-12-31T18:30:00Z"),
            ("2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00Z"),
            ("2024-02-29T23:00:00-01:00", "2024-03-01T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ])
    func reads(_ text: String, _ normalised: String) {
        #expect(Instant(text)?.text == normalised)
    }

    @Test(
        "what would have to be repaired is refused",
        arguments: [
            "2026-11-20T23:59:60Z", "2016-12-31T23:58:60Z", "2016-12-31T22:59:60Z", "2016-12-30T23:59:60Z",
            "2016-12-31T23:59:60-03:00", "2016-12-31T23:59:61Z", "9999-12-31T23:59:60Z", "2016-12-31T23:59:60",
            "2026-11-20T24:00:00Z",
            "2026-11-20T00:60:00Z", "2026-11-20T00:00:00", "2026-11-20T00:00:00.Z", "2026-11-20T00:00:00,5Z",
            "2026-11-20T00:00Z",
            "2026-11-20 00:00:00Z", "2026-11-20T00:00:00+0300", "2026-11-20T00:00:00+03", "2026-11-20T00:00:00+24:00",
            "2026-11-20T00:00:00+03:60", "2026-11-20T00:00:00 Z", "2026-11-20T00:00:00ZZ", "2026-11-20T00:00:00Z ",
            "2026-02-30T00:00:00Z", "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
            "2026-11-20T00:00:00.1", "2026-11-20T00:00:00.111111", "2026-11-20T-1:00:00Z",
            "2026-11-20T00:00:00\u{2212}03:00", "",
            "2026-11-20T00:00:00.１Z", "20261120T000000Z",
        ])
    func refuses(_ text: String) {
        #expect(Instant(text) == nil)
    }

    @Test("text survives a round trip over the whole range")
    func roundTrips() throws {
        let step = 999_999_999_989
        let range = Instant.first.microsecondsSinceEpoch...Instant.last.microsecondsSinceEpoch
        for microseconds in stride(from: range.lowerBound, through: range.upperBound, by: step) {
            let instant = try #require(Instant(microsecondsSinceEpoch: microseconds))
            try #require(Instant(instant.text) == instant)
        }
    }

    @Test("a count outside the years 1 to 9999 is refused")
    func refusesCount() {
        #expect(Instant(microsecondsSinceEpoch: Instant.first.microsecondsSinceEpoch - 1) == nil)
        #expect(Instant(microsecondsSinceEpoch: Instant.last.microsecondsSinceEpoch + 1) == nil)
        #expect(Instant(microsecondsSinceEpoch: .min) == nil)
        #expect(Instant(microsecondsSinceEpoch: .max) == nil)
    }

    @Test("a clock's reading outside the range becomes the limit")
    func clampsClock() {
        #expect(Instant(secondsSinceEpoch: .min, microseconds: .min) == .first)
        #expect(Instant(secondsSinceEpoch: .max, microseconds: .max) == .last)
        #expect(Instant(secondsSinceEpoch: -1, microseconds: 999_999).text == "1969-12-31T23:59:59.999999Z")
    }

    @Test(
        "the date is the day in UTC",
        arguments: [
            ("1969-12-31T23:59:59.999999Z", "1969-12-31"), ("1970-01-01T00:00:00Z", "1970-01-01"),
            ("2026-11-20T22:00:00-03:00", "2026-11-21"), ("0001-01-01T00:00:00Z", "0001-01-01"),
            ("9999-12-31T23:59:59Z", "9999-12-31"),
        ])
    func hasDate(_ text: String, _ date: String) {
        #expect(Instant(text)?.date.text == date)
    }

    @Test("the order is that of time, not of texts")
    func orders() throws {
        let earlier = try #require(Instant("2026-11-20T10:00:00+05:00"))
        let later = try #require(Instant("2026-11-20T06:00:00Z"))
        #expect(earlier < later)
    }
}
