/// One characteristic of a scorecard and its table of points.
package enum Characteristic: Sendable, Hashable {
    /// Completed years.
    case age(PointsBins)
    /// Centavos of a month.
    case income(PointsBins)
    /// Centavos, less what is owed.
    case assets(PointsBins)
    case housing(HousingPoints)
    /// Completed months since the earliest salary or self-employment began.
    case employmentTenure(PointsBins)

    /// Which characteristic the table is for.
    package var name: CharacteristicName {
        switch self {
        case .age: .age
        case .income: .income
        case .assets: .assets
        case .housing: .housing
        case .employmentTenure: .employmentTenure
        }
    }

    /// The points of `facts` on a day, and the best ones. A birth or an employment after that day counts as missing.
    package func points(of facts: ScoringFacts, on date: CalendarDate) -> CharacteristicPoints {
        switch self {
        case .age(let bins):
            points(bins, facts.birthDate <= date ? Int64(facts.birthDate.years(until: date)) : nil)
        case .income(let bins):
            points(bins, facts.monthlyIncome?.cents)
        case .assets(let bins):
            points(bins, facts.netAssets?.cents)
        case .housing(let table):
            CharacteristicPoints(
                characteristic: name, points: table.points(for: facts.housing), attainable: table.attainable)
        case .employmentTenure(let bins):
            points(bins, facts.employedSince.flatMap { $0 <= date ? Int64($0.months(until: date)) : nil })
        }
    }

    private func points(_ bins: PointsBins, _ value: Int64?) -> CharacteristicPoints {
        CharacteristicPoints(characteristic: name, points: bins.points(for: value), attainable: bins.attainable)
    }
}
