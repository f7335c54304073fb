import Testing

@testable import Bureau

@Suite("Scoring facts")
struct ScoringFactsTests {
    private let today: CalendarDate = Sample.parse("2026-11-23")

    @Test("a birth or an employment after the day of the score is not known yet")
    func ignoresFuture() {
        let facts = ScoringFacts(birthDate: Sample.parse("2026-11-24"), employedSince: Sample.parse("2026-11-24"))
        #expect(facts.value(of: .age, on: today) == .missing(.noRecord))
        #expect(facts.value(of: .employmentTenure, on: today) == .missing(.notApplicable))
    }

    @Test("age changes on the birthday, and tenure on the day of the month")
    func changesOnTheDay() {
        let facts = ScoringFacts(birthDate: Sample.parse("2000-11-23"), employedSince: Sample.parse("2025-11-23"))
        let before: CalendarDate = Sample.parse("2026-11-22")
        #expect(facts.value(of: .age, on: before) == .number(25) && facts.value(of: .age, on: today) == .number(26))
        #expect(facts.value(of: .employmentTenure, on: before) == .number(11))
        #expect(facts.value(of: .employmentTenure, on: today) == .number(12))
    }
}
