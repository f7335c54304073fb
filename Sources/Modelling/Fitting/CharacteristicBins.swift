import Bureau

/// A column as a scorecard sees it: attributes, each with its cases and its weight of evidence.
struct CharacteristicBins: Sendable {
    enum Table: Sendable {
        /// The lower bounds of all bins but the first.
        case numbers(bounds: [Double])
        /// The categories of each attribute.
        case categories([[String]])
    }

    let name: String
    let table: Table
    /// The cases of each bin or group of categories, then of other categories, then of each kind of missing value.
    let counts: [ClassCounts]
    /// The weight of evidence of each of them; 0 in fewer than 5 % of the cases, because those tell nothing reliable. A
    /// kind of missing value with fewer, or none, has the weight of all missing values together.
    let weights: [Double]
    /// Without the attributes that have no weight.
    let informationValue: Double
    /// The area under the ROC curve of the column alone, before bins are joined.
    let areaUnderCurve: Double
    /// For each case the index of its attribute.
    let attributes: [UInt8]

    /// The most bins of numbers, and groups of categories.
    static let maximumBins = 6

    /// The fewest cases of a bin: 5 %.
    static func minimumCount(of cases: Int) -> Int { (cases + 19) / 20 }

    /// Bins a column; `trends` are those that its weights of evidence may follow.
    init(
        _ column: DevelopmentSample.Column, isBad: [Bool], total: ClassCounts,
        trends: [MonotoneBinning.Trend] = MonotoneBinning.Trend.allCases
    ) {
        let minimumCount = Self.minimumCount(of: total.total)
        var prebins: Prebins
        var names: [String] = []
        switch column.values {
        case .numbers(let numbers): prebins = Prebins(numbers: numbers, isBad: isBad)
        case .categories(let texts, let codes):
            prebins = Prebins(names: texts, codes: codes, isBad: isBad, minimumCount: minimumCount)
            names = texts
        }
        name = column.name
        let ranges =
            prebins.counts.isEmpty
            ? []
            : MonotoneBinning(
                prebins: prebins.counts, total: total, minimumCount: minimumCount, maximumBins: Self.maximumBins
            ).best(names.isEmpty ? trends : [.falling])
        table =
            names.isEmpty
            ? .numbers(bounds: ranges.dropFirst().map { prebins.bounds[$0.lowerBound - 1] })
            : .categories(ranges.map { range in prebins.categories[range].sorted().map { names[$0] } })
        let bins = ranges.map { prebins.counts[$0].reduce(ClassCounts(), +) }
        func weight(_ counts: ClassCounts) -> Double {
            counts.total >= minimumCount ? counts.weightOfEvidence(in: total) : 0
        }
        counts = bins + [prebins.rareCounts] + prebins.missing
        let allMissing = weight(prebins.missing.reduce(ClassCounts(), +))
        weights =
            (bins + [prebins.rareCounts]).map(weight)
            + prebins.missing.map { $0.total >= minimumCount ? weight($0) : allMissing }
        informationValue = counts.filter { $0.total >= minimumCount }
            .reduce(0) { $0 + $1.informationValue(in: total) }
        areaUnderCurve = prebins.areaUnderCurve(in: total)

        var attributeOfPrebin = [UInt8](repeating: 0, count: 256)
        for (bin, range) in ranges.enumerated() {
            for prebin in range { attributeOfPrebin[prebin] = UInt8(bin) }
        }
        attributeOfPrebin[Int(Prebins.rareIndex)] = UInt8(bins.count)
        for kind in prebins.missing.indices {
            attributeOfPrebin[Int(Prebins.missingIndex) - kind] = UInt8(bins.count + 1 + kind)
        }
        for index in prebins.indices.indices {
            prebins.indices[index] = attributeOfPrebin[Int(prebins.indices[index])]
        }
        attributes = prebins.indices
    }

    /// The number of bins or groups, without other categories and missing values.
    var binCount: Int { counts.count - 1 - MissingReason.allCases.count }

    /// Whether the column tells anything: known values have points, and not all cases the same.
    var isInformative: Bool { binCount > 0 && weights.contains { $0 != weights[0] } }
}
