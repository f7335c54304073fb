/// What a scorecard looks at in a person: nothing that names them or says where they live.
package struct ScoringFacts: Sendable, Hashable, PersonalValue {
    /// The day of birth.
    package var birthDate: CalendarDate
    /// The income of a month from all sources; nil when none is declared.
    package var monthlyIncome: Money?
    /// The value of all assets less what is owed on them; nil when none is declared.
    package var netAssets: Money?
    /// The terms of housing; nil when not known.
    package var housing: Housing?
    /// The first day of the earliest dated salary or self-employment; nil when there is none.
    package var employedSince: CalendarDate?

    /// Takes the facts one by one; what is not given is not known.
    package init(
        birthDate: CalendarDate, monthlyIncome: Money? = nil, netAssets: Money? = nil, housing: Housing? = nil,
        employedSince: CalendarDate? = nil
    ) {
        self.birthDate = birthDate
        self.monthlyIncome = monthlyIncome
        self.netAssets = netAssets
        self.housing = housing
        self.employedSince = employedSince
    }

    /// The facts of a profile. A total beyond what `Money` holds becomes the largest or smallest amount: it is in the
    /// last bin anyway.
    package init(_ profile: Profile) {
        birthDate = profile.birthDate
        monthlyIncome = Self.total(profile.incomeSources) { Int128($0.monthlyAmount.cents) }
        netAssets = Self.total(profile.assets) { Int128($0.value.cents) - Int128($0.outstanding?.cents ?? 0) }
        housing = profile.housing
        employedSince = profile.incomeSources
            .filter { $0.kind == .salary || $0.kind == .selfEmployed }
            .compactMap(\.since)
            .min()
    }

    private static func total<Item>(_ items: [Item], _ cents: (Item) -> Int128) -> Money? {
        guard !items.isEmpty else { return nil }
        return Money(cents: Int64(clamping: items.reduce(0) { $0 + cents($1) }))
    }
}
