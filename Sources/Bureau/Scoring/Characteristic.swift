/// One characteristic of a scorecard with its table of points.
package enum Characteristic: Sendable, Hashable {
    /// In completed years.
    case age(PointsBins)
    /// In centavos a month.
    case income(PointsBins)
    /// In centavos, minus the amounts owed.
    case assets(PointsBins)
    case housing(HousingPoints)
    /// In completed months since the earliest salary or self-employment began.
    case employmentTenure(PointsBins)

    package var name: CharacteristicName {
        switch self {
        case .age: .age
        case .income: .income
        case .assets: .assets
        case .housing: .housing
        case .employmentTenure: .employmentTenure
        }
    }

    /// Computes the points of `facts` on a day. A birth or an employment after that day counts as missing.
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

package enum CharacteristicName: String, TextValue, CaseIterable {
    case age, income, assets, housing, employmentTenure
}

/// A table of points for a number.
package struct PointsBins: Sendable, Hashable {
    /// At least one bin, in ascending order. The first bin also takes all values below its bound.
    package let bins: [PointsBin]
    /// The points of a missing value.
    package let missing: Int32

    /// Throws `ScorecardError.noBins`, or `.binsNotAscending` unless each bound is above the previous one.
    package init(_ bins: [PointsBin], missing: Int32) throws(ScorecardError) {
        guard !bins.isEmpty else { throw .noBins }
        for index in bins.indices.dropFirst() where bins[index].lowerBound <= bins[index - 1].lowerBound {
            throw .binsNotAscending(index: index)
        }
        self.bins = bins
        self.missing = missing
    }

    package func points(for value: Int64?) -> Int32 {
        guard let value else { return missing }
        return (bins.last { $0.lowerBound <= value } ?? bins[0]).points
    }

    /// The most points of a known value.
    var attainable: Int32 {
        bins.reduce(bins[0].points) { max($0, $1.points) }
    }
}

/// A range of values in a table of points: from its bound up to the next bin's.
package struct PointsBin: Sendable, Hashable {
    /// The least value of the bin, in the unit of the characteristic.
    package let lowerBound: Int64
    package let points: Int32

    package init(lowerBound: Int64, points: Int32) {
        self.lowerBound = lowerBound
        self.points = points
    }
}

/// A table of points for the terms of housing.
package struct HousingPoints: Sendable, Hashable {
    package let own: Int32
    package let rent: Int32
    package let forFree: Int32
    /// The points of unknown housing.
    package let missing: Int32

    package init(own: Int32, rent: Int32, forFree: Int32, missing: Int32) {
        self.own = own
        self.rent = rent
        self.forFree = forFree
        self.missing = missing
    }

    package func points(for housing: Housing?) -> Int32 {
        switch housing {
        case .own: own
        case .rent: rent
        case .forFree: forFree
        case nil: missing
        }
    }

    /// The most points of a known value.
    var attainable: Int32 { max(own, rent, forFree) }
}
