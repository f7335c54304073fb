import Testing

@testable import Bureau

@Suite("Characteristics of profiles")
struct ProfileCharacteristicTests {
    private let full = ProfileFacts.of(
        born: "1990-11-29", housing: .rent,
        income: [
            IncomeFigures(kind: .salary, monthlyAmount: Money(cents: 500_000), since: Sample.parse("2020-12-30")),
            IncomeFigures(kind: .selfEmployed, monthlyAmount: Money(cents: 100_000), since: Sample.parse("2020-11-29")),
            IncomeFigures(kind: .pension, monthlyAmount: Money(cents: 1), since: Sample.parse("1999-01-01")),
        ],
        assets: [
            AssetFigures(value: Money(cents: 900), paidOff: true),
            AssetFigures(value: Money(cents: 100), paidOff: false, outstanding: Money(cents: 2000)),
            AssetFigures(value: Money(cents: 7)),
        ])

    @Test("each has the value of its definition")
    func values() {
        let facts = CreditFacts.of(profile: full)
        #expect(facts[.age] == .number(36))
        #expect(facts[.income] == .number(600_001))
        #expect(facts[.assets] == .number(-993))
        #expect(facts[.housing] == .category("rent"))
        #expect(facts[.employmentTenure] == .number(72))
        #expect(facts[.incomeSources] == .number(3))
        #expect(facts[.assetsPaidOffShare] == .number(89))
    }

    @Test("a day begins at midnight in São Paulo, three hours after UTC's")
    func days() {
        let facts = CreditFacts.of(profile: full)
        #expect(facts[.age, at: "2026-11-29T02:59:59.999999Z"] == .number(35))
        #expect(facts[.age, at: "2026-11-29T03:00:00Z"] == .number(36))
        #expect(facts[.employmentTenure, at: "2026-11-29T02:59:59Z"] == .number(71))
    }

    @Test("a profile that tells nothing has reasons in place of values")
    func nothingTold() {
        let facts = CreditFacts.of(profile: .of())
        for name in [CharacteristicName.income, .assets, .employmentTenure, .assetsPaidOffShare] {
            #expect(facts[name] == .missing(.notApplicable), "\(name)")
        }
        #expect(facts[.housing] == .missing(.noRecord))
        #expect(facts[.incomeSources] == .number(0))
        let later = CreditFacts.of(
            profile: .of(
                born: "2026-11-30",
                income: [
                    IncomeFigures(kind: .salary, monthlyAmount: Money(cents: 1), since: Sample.parse("2026-11-30"))
                ]))
        #expect(later[.age] == .missing(.notApplicable))
        #expect(later[.employmentTenure] == .missing(.notApplicable))
    }

    @Test("without a profile, or before it was recorded, there is no record; after a later write it is not known then")
    func times() {
        let written = CreditFacts.of(
            profile: .of(housing: .own, created: "2026-03-01T00:00:00Z", updated: "2026-06-01T00:00:00Z"))
        for name in CharacteristicName.allCases where name.facts == .profile {
            #expect(CreditFacts.of()[name] == .missing(.noRecord), "\(name)")
            #expect(written[name, at: "2026-02-28T23:59:59Z"] == .missing(.noRecord), "\(name)")
            #expect(written[name, at: "2026-05-31T23:59:59Z"] == .missing(.notKnownThen), "\(name)")
        }
        #expect(written[.housing, at: "2026-06-01T00:00:00Z"] == .category("own"))
        #expect(written[.housing] == .category("own"))
    }

    @Test("what a slow clock recorded after the facts were read is known now")
    func clocks() {
        let facts = CreditFacts.of(profile: .of(housing: .own, created: "2026-11-29T15:00:01Z"))
        #expect(facts[.housing] == .category("own"))
    }

    @Test("totals out of range are the nearest amount")
    func range() {
        let most = IncomeFigures(kind: .salary, monthlyAmount: Money(cents: .max))
        #expect(CreditFacts.of(profile: .of(income: [most, most]))[.income] == .number(Double(Int64.max)))
    }
}
