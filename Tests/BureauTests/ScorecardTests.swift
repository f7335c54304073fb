import Testing

@testable import Bureau

@Suite("Scorecard")
struct ScorecardTests {
    private let today: CalendarDate = Sample.parse("2026-11-23")

    @Test("points add up, and the largest losses are the reasons")
    func adds() throws {
        let score = try scorecard().score(ScoringFacts(Sample.profile), on: today)
        #expect(score.model == "test" && score.version == 3)
        #expect(
            score.points == [
                CharacteristicPoints(characteristic: .age, points: 190, attainable: 190),
                CharacteristicPoints(characteristic: .income, points: 60, attainable: 100),
                CharacteristicPoints(characteristic: .assets, points: 313, attainable: 313),
                CharacteristicPoints(characteristic: .housing, points: 160, attainable: 160),
                CharacteristicPoints(characteristic: .employmentTenure, points: 105, attainable: 184),
            ])
        #expect(score.rawScore == 53 + 190 + 60 + 313 + 160 + 105)
        #expect(score.score == 881)
        #expect(
            score.reasons == [
                ScoreReason(characteristic: .employmentTenure, loss: 79),
                ScoreReason(characteristic: .income, loss: 40),
            ])
    }

    @Test("what is not known gets the points for missing values")
    func scoresMissing() throws {
        let score = try scorecard().score(ScoringFacts(birthDate: Sample.person.birthDate), on: today)
        #expect(score.points.map(\.points) == [190, 0, 0, 114, 35])
        #expect(score.reasons.map(\.characteristic) == [.assets, .employmentTenure, .income, .housing])
    }

    @Test("a birth or an employment after the day of the score is not known yet")
    func ignoresFuture() throws {
        let facts = ScoringFacts(birthDate: Sample.parse("2026-11-24"), employedSince: Sample.parse("2026-11-24"))
        let score = try scorecard(ageMissing: 7).score(facts, on: today)
        #expect(score.points.first?.points == 7)
        #expect(score.points.last?.points == 35)
    }

    @Test(
        "a bin begins at its bound, and the first takes what is below it",
        arguments: [
            (Int64.min, 1), (-1, 1), (0, 1), (9, 1), (10, 2), (19, 2), (20, 3), (Int64.max, 3),
        ] as [(Int64, Int32)])
    func findsBin(_ value: Int64, _ points: Int32) throws {
        let bins = try bins([(0, 1), (10, 2), (20, 3)], missing: -5)
        #expect(bins.points(for: value) == points)
        #expect(bins.points(for: nil) == -5)
    }

    @Test("age changes on the birthday, and tenure on the day of the month")
    func changesOnTheDay() throws {
        let facts = ScoringFacts(birthDate: Sample.parse("2000-11-23"), employedSince: Sample.parse("2025-11-23"))
        let before = try scorecard().score(facts, on: Sample.parse("2026-11-22"))
        let after = try scorecard().score(facts, on: today)
        #expect(before.points.map(\.points) == [0, 0, 0, 114, 0])
        #expect(after.points.map(\.points) == [118, 0, 0, 114, 105])
    }

    @Test("at most four reasons are given, and ties are in the scorecard's order")
    func limitsReasons() throws {
        let bins = try bins([(0, 10)], missing: 0)
        let card = try Scorecard(
            model: "ties", version: 1, basePoints: 0,
            characteristics: [
                .employmentTenure(bins), .housing(HousingPoints(own: 10, rent: 0, forFree: 0, missing: 0)),
                .income(bins),
                .age(
                    try PointsBins([.init(lowerBound: 0, points: 0), .init(lowerBound: 200, points: 10)], missing: 0)),
                .assets(bins),
            ])
        let score = card.score(ScoringFacts(birthDate: today), on: today)
        #expect(score.reasons.map(\.characteristic) == [.employmentTenure, .housing, .income, .age])
        #expect(score.reasons.map(\.loss) == [10, 10, 10, 10])
    }

    @Test("a missing value that is worth more than any known one is no reason")
    func ignoresGain() throws {
        let card = try Scorecard(
            model: "gain", version: 1, basePoints: 0, characteristics: [.income(try bins([(0, 1)], missing: 9))])
        #expect(card.score(ScoringFacts(birthDate: today), on: today).reasons.isEmpty)
    }

    @Test(
        "the score stays within 0 and 1000, the raw score does not",
        arguments: [
            (Int32.min, 0), (-1, 0), (0, 0), (1, 1), (999, 999), (1000, 1000), (1001, 1000), (Int32.max, 1000),
        ] as [(Int32, Int)])
    func clamps(_ points: Int32, _ expected: Int) throws {
        let extreme = try bins([(0, points)], missing: points)
        let housing = HousingPoints(own: points, rent: points, forFree: points, missing: points)
        let one = try Scorecard(model: "one", version: 1, basePoints: 0, characteristics: [.age(extreme)])
        #expect(one.score(ScoringFacts(Sample.profile), on: today).score == expected)
        let all = try Scorecard(
            model: "all", version: 1, basePoints: points,
            characteristics: [
                .age(extreme), .income(extreme), .assets(extreme), .housing(housing), .employmentTenure(extreme),
            ])
        #expect(all.score(ScoringFacts(Sample.profile), on: today).rawScore == 6 * Int64(points))
    }

    @Test("a table or scorecard that makes no sense is refused")
    func validates() throws {
        #expect(throws: ScorecardError.noBins) { try PointsBins([], missing: 0) }
        #expect(throws: ScorecardError.binsNotAscending(index: 2)) { try bins([(0, 1), (5, 2), (5, 3)], missing: 0) }
        #expect(throws: ScorecardError.binsNotAscending(index: 1)) { try bins([(0, 1), (-1, 2)], missing: 0) }
        #expect(throws: ScorecardError.noCharacteristics) {
            try Scorecard(model: "none", version: 1, basePoints: 0, characteristics: [])
        }
        let table = try bins([(0, 1)], missing: 0)
        #expect(throws: ScorecardError.duplicateCharacteristic(.age)) {
            try Scorecard(
                model: "twice", version: 1, basePoints: 0, characteristics: [.age(table), .income(table), .age(table)])
        }
    }

    private func bins(_ bins: [(Int64, Int32)], missing: Int32) throws(ScorecardError) -> PointsBins {
        try PointsBins(bins.map { PointsBin(lowerBound: $0.0, points: $0.1) }, missing: missing)
    }

    private func scorecard(ageMissing: Int32 = 0) throws(ScorecardError) -> Scorecard {
        try Scorecard(
            model: "test", version: 3, basePoints: 53,
            characteristics: [
                .age(bins([(0, 0), (26, 118), (36, 190)], missing: ageMissing)),
                .income(bins([(0, 0), (500_000, 60), (1_500_000, 100)], missing: 0)),
                .assets(bins([(0, 0), (20_000_000, 313)], missing: 0)),
                .housing(HousingPoints(own: 160, rent: 17, forFree: 0, missing: 114)),
                .employmentTenure(bins([(0, 0), (12, 105), (240, 184)], missing: 35)),
            ])
    }
}
