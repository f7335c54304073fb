import Testing

@testable import Bureau

@Suite("Scorecard")
struct ScorecardTests {
    @Test("points add up, and the largest losses are the reasons, ties in the card's order")
    func adds() throws {
        let card = try Scorecard(
            model: "test", version: 3, basePoints: 53,
            characteristics: [
                .bins("income", baseline: 100, [(nil, 0), (500_000, 60), (1_500_000.5, 100)]),
                .bins("assets", baseline: 313, [(nil, 0), (20_000_000, 313)]),
                .housing(own: 160, other: 120, missing: 114),
                .bins("tenure", baseline: 184, [(nil, 0), (12, 105), (240, 144)]),
            ])
        let score = card.score([.number(600_000), .number(20_000_000), .category("caravan"), .number(240)])
        #expect(score.points.map(\.points) == [60, 313, 120, 144])
        #expect(score.rawScore == 53 + 60 + 313 + 120 + 144)
        #expect(score.score == 690)
        #expect(score.reasons.map(\.characteristic) == ["income", "housing", "tenure"])
        #expect(score.reasons.map(\.loss) == [40, 40, 40])
    }

    @Test("at most four reasons are given, none of a loss of 0 or of a gain")
    func limitsReasons() throws {
        let names = ["a", "b", "c", "d", "e", "f", "g"]
        let points: [Int32] = [10, 1, 2, 3, 4, 5, 11]
        let card = try Scorecard(
            model: "many", version: 1, basePoints: 0,
            characteristics: zip(names, points).map { .bins($0, baseline: 10, [(nil, $1)]) })
        let score = card.score(names.map { _ in .number(0) })
        #expect(score.reasons.map(\.characteristic) == ["b", "c", "d", "e"])
    }

    @Test("each reason for a missing value has its own points, and the reason is told")
    func missing() throws {
        let characteristic = ScoredCharacteristic(
            name: "inquiries90", baseline: 5, table: .bins([PointsBin(from: nil, to: nil, AttributePoints(5))]),
            missing: MissingPoints(
                noRecord: AttributePoints(1), notApplicable: AttributePoints(2), truncated: AttributePoints(3),
                notKnownThen: AttributePoints(4)))
        let card = try Scorecard(model: "m", version: 1, basePoints: 0, characteristics: [characteristic])
        for (reason, points) in zip(MissingReason.allCases, [1, 2, 3, 4] as [Int64]) {
            let score = card.score([.missing(reason)])
            #expect(score.rawScore == points)
            #expect(score.reasons.map(\.missing) == [reason])
        }
        #expect(card.score([.number(0)]).reasons.isEmpty)
    }

    @Test("losses under one reason code are one reason, by their sum")
    func sumsCodes() throws {
        let shared = ReasonText(code: "D1")
        let card = try Scorecard(
            model: "m", version: 1, basePoints: 0,
            characteristics: [
                .bins("a", baseline: 30, [(nil, 20)], reason: shared), .bins("b", baseline: 30, [(nil, 15)]),
                .bins("c", baseline: 30, [(nil, 20)], reason: shared),
            ])
        let reasons = card.score([.number(1), .number(1), .number(1)]).reasons
        #expect(reasons.map(\.loss) == [20, 15])
        #expect(reasons.map(\.characteristic) == ["a", "b"])
    }

    @Test(
        "a bin begins at its bound and ends below the next",
        arguments: [
            (-1e300, 1), (9.999_999, 1), (10, 2), (19.5, 2), (20.25, 3), (1e300, 3),
        ] as [(Double, Int32)])
    func findsBin(_ value: Double, _ points: Int32) {
        let characteristic = ScoredCharacteristic.bins("x", baseline: 3, [(nil, 1), (10, 2), (20.25, 3)])
        #expect(characteristic.attribute(of: .number(value)).points == points)
    }

    @Test(
        "the score stays within 0 and 1000, the raw score does not",
        arguments: [
            (Int32.min, 0), (-1, 0), (0, 0), (1, 1), (999, 999), (1000, 1000), (1001, 1000), (Int32.max, 1000),
        ] as [(Int32, Int)])
    func clamps(_ points: Int32, _ expected: Int) throws {
        let card = try Scorecard(
            model: "two", version: 1, basePoints: points, characteristics: [.bins("a", baseline: 0, [(nil, points)])])
        let score = card.score([.number(0)])
        #expect(score.rawScore == 2 * Int64(points))
        #expect(score.score == min(max(2 * Int(points), 0), 1000))
        #expect((0...1000).contains(expected))
    }

    @Test("a hole, an overlap and an empty bin are refused, and their numbers are named")
    func refusesTables() throws {
        func card(_ bins: [PointsBin], other: AttributePoints? = nil) throws(ScorecardError) -> Scorecard {
            let points = MissingPoints(AttributePoints(0))
            return try Scorecard(
                model: "m", version: 1, basePoints: 0,
                characteristics: [
                    ScoredCharacteristic(name: "x", baseline: 0, table: .bins(bins), other: other, missing: points)
                ])
        }
        func bin(_ from: Double?, _ to: Double?) -> PointsBin { PointsBin(from: from, to: to, AttributePoints(1)) }
        let hole = #expect(throws: ScorecardError.self) { try card([bin(nil, 1.5), bin(2, nil)]) }
        #expect(hole?.description == "x: there are no points for numbers from 1.5 to below 2")
        let below = #expect(throws: ScorecardError.self) { try card([bin(0, nil)]) }
        #expect(below?.description == "x: there are no points for numbers below 0")
        let above = #expect(throws: ScorecardError.self) { try card([bin(nil, 0)]) }
        #expect(above?.description == "x: there are no points for numbers from 0 up")
        #expect(throws: ScorecardError.overlap("x", at: 1)) { try card([bin(nil, 2), bin(1, nil)]) }
        #expect(throws: ScorecardError.overlap("x", at: 3)) { try card([bin(nil, nil), bin(3, nil)]) }
        #expect(throws: ScorecardError.self) { try card([bin(nil, 1), bin(1, 1), bin(1, nil)]) }
        #expect(throws: ScorecardError.noBins("x")) { try card([]) }
        let filled = try card([bin(3, 4)], other: AttributePoints(-7))
        #expect(filled.score([.number(4)]).rawScore == -7)
    }

    @Test("categories without points for others, and one category twice, are refused")
    func refusesCategories() throws {
        func card(_ values: [[String]], other: AttributePoints?) throws(ScorecardError) -> Scorecard {
            let categories = values.map { PointsCategory(values: $0, AttributePoints(1)) }
            return try Scorecard(
                model: "m", version: 1, basePoints: 0,
                characteristics: [
                    ScoredCharacteristic(
                        name: "x", baseline: 0, table: .categories(categories), other: other,
                        missing: MissingPoints(AttributePoints(0)))
                ])
        }
        #expect(throws: ScorecardError.noOther("x")) { try card([["a"]], other: nil) }
        #expect(throws: ScorecardError.noBins("x")) { try card([], other: AttributePoints(0)) }
        #expect(throws: ScorecardError.repeatedCategory("x", "a")) {
            try card([["a"], ["b", "a"]], other: AttributePoints(0))
        }
    }

    @Test("no characteristic, or one twice, is refused")
    func refusesCards() throws {
        let table = ScoredCharacteristic.bins("x", baseline: 0, [(nil, 0)])
        #expect(throws: ScorecardError.noCharacteristics) {
            try Scorecard(model: "none", version: 1, basePoints: 0, characteristics: [])
        }
        #expect(throws: ScorecardError.duplicateCharacteristic("x")) {
            try Scorecard(model: "twice", version: 1, basePoints: 0, characteristics: [table, table])
        }
    }

    @Test("age needs usesAge, and then nobody from 60 up has fewer points than somebody younger")
    func age() throws {
        func card(_ bins: [(Double?, Int32)], usesAge: Bool = true) throws(ScorecardError) -> Scorecard {
            try Scorecard(
                model: "m", version: 1, usesAge: usesAge, basePoints: 0,
                characteristics: [.bins("age", baseline: 0, bins)])
        }
        #expect(throws: ScorecardError.ageNotDeclared) { try card([(nil, 0)], usesAge: false) }
        #expect(throws: ScorecardError.ageCostsTheOld(from: 60)) { try card([(nil, 5), (30, 9), (60, 8)]) }
        #expect(throws: ScorecardError.ageCostsTheOld(from: 60)) { try card([(nil, 5), (30, 9), (45, 8)]) }
        #expect(throws: ScorecardError.ageCostsTheOld(from: 75)) { try card([(nil, 5), (60, 9), (75, 8)]) }
        #expect(throws: Never.self) { try card([(nil, 5), (30, 4), (40, 9), (59, 9)]) }
    }

    @Test("ages that no bin holds have the points of others, which may cost nobody from 60 up either")
    func otherAges() throws {
        func card(_ bins: [(from: Double?, to: Double?, points: Int32)], other: Int32) throws(ScorecardError) {
            let table = bins.map { PointsBin(from: $0.from, to: $0.to, AttributePoints($0.points)) }
            _ = try Scorecard(
                model: "m", version: 1, usesAge: true, basePoints: 0,
                characteristics: [
                    ScoredCharacteristic(
                        name: "age", baseline: 0, table: .bins(table), other: AttributePoints(other),
                        missing: MissingPoints(AttributePoints(0)))
                ])
        }
        #expect(throws: ScorecardError.ageCostsTheOld(from: 65)) { try card([(nil, 60, 50), (60, 65, 60)], other: 0) }
        #expect(throws: ScorecardError.ageCostsTheOld(from: 60)) { try card([(60, nil, 10)], other: 99) }
        #expect(throws: ScorecardError.ageCostsTheOld(from: 60)) { try card([(nil, 40, 5), (70, nil, 9)], other: 4) }
        #expect(throws: ScorecardError.ageCostsTheOld(from: 60)) { try card([(18, 59, 5), (70, nil, 9)], other: 4) }
        #expect(throws: ScorecardError.ageCostsTheOld(from: 70)) { try card([(nil, 40, 5), (70, nil, 8)], other: 9) }
        #expect(throws: Never.self) { try card([(18, 60, 5), (60, 65, 9)], other: 9) }
        #expect(throws: Never.self) { try card([(0, 60, 5), (60, nil, 9)], other: 99) }
        #expect(throws: Never.self) { try card([(30, 40, 5), (50, nil, 9)], other: 4) }
    }
}

extension ScoredCharacteristic {
    /// Bins by their lower bounds, of which the first has none.
    static func bins(
        _ name: String, baseline: Int32, _ bins: [(from: Double?, points: Int32)], reason: ReasonText? = nil
    ) -> ScoredCharacteristic {
        let ends = bins.dropFirst().map(\.from) + [nil]
        return ScoredCharacteristic(
            name: name, baseline: baseline,
            table: .bins(
                zip(bins, ends).map { bin, end in
                    PointsBin(from: bin.from, to: end, AttributePoints(bin.points, reason: reason))
                }),
            missing: MissingPoints(AttributePoints(0)))
    }

    static func housing(own: Int32, other: Int32, missing: Int32) -> ScoredCharacteristic {
        ScoredCharacteristic(
            name: "housing", baseline: own, table: .categories([PointsCategory(values: ["own"], AttributePoints(own))]),
            other: AttributePoints(other), missing: MissingPoints(AttributePoints(missing)))
    }
}
