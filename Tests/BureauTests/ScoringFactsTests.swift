import Testing

@testable import Bureau

@Suite("ScoringFacts")
struct ScoringFactsTests {
    @Test("income adds up, and assets count less what is owed on them")
    func adds() {
        var profile = Sample.profile
        profile.incomeSources.append(IncomeSource(kind: .rental, monthlyAmount: Money(cents: 100)))
        profile.assets.append(Asset(kind: .vehicle, value: Money(cents: 5), outstanding: Money(cents: 40_000_000)))
        let facts = ScoringFacts(profile)
        #expect(facts.monthlyIncome == Money(cents: 620_100))
        #expect(facts.netAssets == Money(cents: 32_000_000 - 2_000_000 + 5 - 40_000_000))
        #expect(facts.birthDate == profile.birthDate)
        #expect(facts.housing == .own)
    }

    @Test("an empty list is a missing value, an amount of zero is not")
    func tellsMissingFromZero() {
        var profile = Sample.profile
        profile.incomeSources = []
        profile.assets = []
        #expect(ScoringFacts(profile).monthlyIncome == nil)
        #expect(ScoringFacts(profile).netAssets == nil)
        profile.incomeSources = [IncomeSource(kind: .other, monthlyAmount: .zero)]
        profile.assets = [Asset(kind: .other, value: .zero)]
        #expect(ScoringFacts(profile).monthlyIncome == .zero)
        #expect(ScoringFacts(profile).netAssets == .zero)
    }

    @Test("employment begins with the earliest dated salary or self-employment")
    func findsEmployment() {
        var profile = Sample.profile
        profile.incomeSources = [
            IncomeSource(kind: .rental, monthlyAmount: .zero, since: Sample.parse("1990-01-01")),
            IncomeSource(kind: .pension, monthlyAmount: .zero, since: Sample.parse("1991-01-01")),
            IncomeSource(kind: .salary, monthlyAmount: .zero),
        ]
        #expect(ScoringFacts(profile).employedSince == nil)
        profile.incomeSources += [
            IncomeSource(kind: .salary, monthlyAmount: .zero, since: Sample.parse("2010-01-01")),
            IncomeSource(kind: .selfEmployed, monthlyAmount: .zero, since: Sample.parse("2008-01-01")),
        ]
        #expect(ScoringFacts(profile).employedSince?.text == "2008-01-01")
    }

    @Test("a total beyond the largest amount becomes the largest")
    func saturates() {
        var profile = Sample.profile
        let most = Money(cents: .max)
        profile.incomeSources = [.init(kind: .salary, monthlyAmount: most), .init(kind: .other, monthlyAmount: most)]
        profile.assets = [
            Asset(kind: .other, value: Money(cents: .min), outstanding: most), Asset(kind: .other, value: .zero),
        ]
        #expect(ScoringFacts(profile).monthlyIncome == most)
        #expect(ScoringFacts(profile).netAssets == Money(cents: .min))
    }
}
