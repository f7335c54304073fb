import Bureau
import Testing

@Suite("Who is scored")
struct ScoredPersonTests {
    private let day: CalendarDate = Sample.parse("2026-03-01")

    private func cause(_ a: String?, _ b: String, isDeceased: Bool = false) -> UnscorableCause? {
        ScoredPerson(birthDateInA: a.map { Sample.parse($0) }, birthDateInB: Sample.parse(b), isDeceased: isDeceased)
            .unscorableCause(on: day)
    }

    @Test(
        "somebody is scored from the day of the eighteenth birthday on",
        arguments: [
            ("2008-03-01", nil), ("2008-03-02", .under18), ("2008-02-29", nil), ("2026-03-01", .under18),
            ("1906-03-01", nil), ("1905-03-02", nil), ("1905-03-01", .implausibleBirthDate),
            ("1899-12-31", .implausibleBirthDate), ("0001-01-01", .implausibleBirthDate),
            ("2026-03-02", .implausibleBirthDate), ("2090-01-01", .implausibleBirthDate),
        ] as [(String, UnscorableCause?)])
    func age(birthDate: String, expected: UnscorableCause?) {
        #expect(cause(nil, birthDate) == expected)
        #expect(cause(birthDate, birthDate) == expected)
        #expect(cause(birthDate, "1980-01-01") == expected, "by base A alone")
        #expect(cause("1980-01-01", birthDate) == expected, "by base B alone")
    }

    @Test("somebody born on a leap day is of age on 1 March")
    func leapDay() {
        let person = ScoredPerson(
            birthDateInA: nil, birthDateInB: Sample.parse("2008-02-29"), isDeceased: false)
        #expect(person.unscorableCause(on: Sample.parse("2026-02-28")) == .under18)
        #expect(person.unscorableCause(on: Sample.parse("2026-03-01")) == nil)
    }

    @Test("somebody deceased is not scored, whatever the age")
    func deceased() {
        #expect(cause("1980-01-01", "1980-01-01", isDeceased: true) == .deceased)
        #expect(cause("2020-01-01", "1980-01-01", isDeceased: true) == .deceased)
    }

    @Test("two birth dates that differ are told, one alone is not")
    func inconsistencies() {
        func told(_ a: String?) -> [Inconsistency] {
            ScoredPerson(
                birthDateInA: a.map { Sample.parse($0) }, birthDateInB: Sample.parse("1980-01-01"), isDeceased: false
            ).inconsistencies
        }
        #expect(told(nil) == [] && told("1980-01-01") == [])
        #expect(told("1980-01-02") == [.birthDate])
        #expect(Inconsistency.birthDate.bases == [.a, .b])
    }
}
