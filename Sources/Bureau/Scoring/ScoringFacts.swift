/// The facts about a person that a scorecard uses: no name, no contact, no address.
package struct ScoringFacts: Sendable, Hashable, PersonalValue {
    package var birthDate: CalendarDate
    /// The income of a month from all sources; nil when none is declared.
    package var monthlyIncome: Money?
    /// The value of all assets minus the amounts owed on them; nil when no asset is declared.
    package var netAssets: Money?
    package var housing: Housing?
    /// The first day of the earliest dated salary or self-employment.
    package var employedSince: CalendarDate?
}

extension ScoringFacts {
    /// Extracts the facts of a profile. A total beyond the range of `Money` becomes its largest or smallest amount,
    /// because both are in the same bin.
    package init(_ profile: Profile) {
        birthDate = profile.birthDate
        monthlyIncome = Self.total(profile.incomeSources) { Int128($0.monthlyAmount.cents) }
        netAssets = Self.total(profile.assets) { Int128($0.value.cents) - Int128($0.outstanding?.cents ?? 0) }
        housing = profile.housing
        let employments = profile.incomeSources.filter { $0.kind == .salary || $0.kind == .selfEmployed }
        employedSince = employments.compactMap(\.since).min()
    }

    /// The value of a characteristic on a day. A birth or an employment after that day counts as missing.
    package func value(of name: CharacteristicName, on date: CalendarDate) -> CharacteristicValue {
        switch name {
        case .age: birthDate <= date ? .number(Double(birthDate.years(until: date))) : .missing(.noRecord)
        case .income: monthlyIncome.map { .number(Double($0.cents)) } ?? .missing(.notApplicable)
        case .assets: netAssets.map { .number(Double($0.cents)) } ?? .missing(.notApplicable)
        case .housing: housing.map { .category($0.rawValue) } ?? .missing(.noRecord)
        case .employmentTenure:
            employedSince.flatMap { $0 <= date ? .number(Double($0.months(until: date))) : nil }
                ?? .missing(.notApplicable)
        default: .missing(.noRecord)
        }
    }

    private static func total<Item>(_ items: [Item], _ cents: (Item) -> Int128) -> Money? {
        guard !items.isEmpty else { return nil }
        return Money(cents: Int64(clamping: items.reduce(0) { $0 + cents($1) }))
    }
}
