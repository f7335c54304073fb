/// One characteristic of a scorecard and its table of points.
package enum Characteristic: Sendable, Hashable {
    /// Bins of completed years.
    case age(PointsBins)
    /// Bins of centavos of a month.
    case monthlyIncome(PointsBins)
    /// Bins of centavos.
    case netAssets(PointsBins)
    case housing(HousingPoints)
    /// Bins of completed months.
    case employmentTenure(PointsBins)

    package var name: CharacteristicName {
        switch self {
        case .age: .age
        case .monthlyIncome: .monthlyIncome
        case .netAssets: .netAssets
        case .housing: .housing
        case .employmentTenure: .employmentTenure
        }
    }

    /// The most points that a known value can get.
    package var bestPoints: Int32 {
        switch self {
        case .age(let bins), .monthlyIncome(let bins), .netAssets(let bins), .employmentTenure(let bins): bins.best
        case .housing(let table): table.best
        }
    }

    /// The points of `facts` on a day. A birth or an employment that lies after that day counts as missing.
    package func points(of facts: ScoringFacts, on date: CalendarDate) -> Int32 {
        switch self {
        case .age(let bins):
            bins.points(for: facts.birthDate <= date ? Int64(facts.birthDate.years(until: date)) : nil)
        case .monthlyIncome(let bins): bins.points(for: facts.monthlyIncome?.cents)
        case .netAssets(let bins): bins.points(for: facts.netAssets?.cents)
        case .housing(let table): table.points(for: facts.housing)
        case .employmentTenure(let bins):
            bins.points(for: facts.employedSince.flatMap { $0 <= date ? Int64($0.months(until: date)) : nil })
        }
    }
}
