import Bureau

/// What one characteristic of a scorecard did to a sample: each attribute with its points, cases and evidence.
public struct CharacteristicFigures: Sendable {
    /// What an attribute is.
    public enum Kind: Hashable, Sendable {
        case bin(NumberRange)
        case category([String])
        /// Any value that is in no bin or category.
        case other
        case missing(MissingReason)
    }

    public struct Row: Sendable {
        public let kind: Kind
        public let points: Int32
        public let counts: ClassCounts
        /// ln(share of good cases / share of bad cases); nil where a class has no case.
        public let weight: Double?
        /// What the attribute adds to the information value.
        public let contribution: Double
        /// The attribute's shares of the cases here and in the baseline; nil without a baseline.
        public let stability: StabilityIndex.Bin?

        public var badRate: Double? { counts.total > 0 ? Double(counts.bad) / Double(counts.total) : nil }
    }

    public let name: String
    public let unit: String?
    /// The points against which losses are told.
    public let baseline: Int32
    public let rows: [Row]
    public let informationValue: Double
    /// The stability index over all attributes; nil without a baseline.
    public let stability: StabilityIndex?

    /// Takes the cases of each attribute, in the order of `CompiledCharacteristic`, and how many rows have it here and
    /// in the baseline, with an outcome or without one.
    init(_ characteristic: ScoredCharacteristic, counts: [ClassCounts], all: [Int], baseline expected: [Int]?) {
        let evidence = Evidence(counts)
        let index = expected.flatMap { StabilityIndex(expected: $0, actual: all) }
        rows = Self.attributes(characteristic).enumerated().map { number, attribute in
            Row(
                kind: attribute.kind, points: attribute.points, counts: counts[number],
                weight: evidence.weights[number], contribution: evidence.contributions[number],
                stability: index?.bins[number])
        }
        name = characteristic.name
        unit = characteristic.unit
        baseline = characteristic.baseline
        informationValue = evidence.informationValue
        stability = index
    }

    /// The cases of each kind of missing value.
    public var missing: [(reason: MissingReason, count: Int)] {
        rows.compactMap { row in
            if case .missing(let reason) = row.kind { (reason, row.counts.total) } else { nil }
        }
    }

    /// The attributes that have more points than another, and yet a higher share of bad cases by more than chance
    /// gives: two shares differ by 1.96 standard errors.
    public var reversals: [(better: Row, worse: Row)] {
        let rows = rows.filter { $0.counts.total >= 10 }.sorted { $0.points < $1.points }
        return zip(rows, rows.dropFirst()).compactMap { low, high in
            guard high.points > low.points, let lowRate = low.badRate, let highRate = high.badRate else { return nil }
            let both = low.counts + high.counts
            let share = Double(both.bad) / Double(both.total)
            let sizes = 1 / Double(low.counts.total) + 1 / Double(high.counts.total)
            return highRate - lowRate > 1.96 * (share * (1 - share) * sizes).squareRoot() ? (high, low) : nil
        }
    }

    /// The attributes in the order in which a compiled scorecard numbers them.
    private static func attributes(_ characteristic: ScoredCharacteristic) -> [(kind: Kind, points: Int32)] {
        let known: [(kind: Kind, points: Int32)] =
            switch characteristic.table {
            case .bins(let bins): bins.map { (.bin(NumberRange(from: $0.from, to: $0.to)), $0.attribute.points) }
            case .categories(let categories): categories.map { (.category($0.values), $0.attribute.points) }
            }
        return known + (characteristic.other.map { [(.other, $0.points)] } ?? [])
            + MissingReason.allCases.map { (.missing($0), characteristic.missing[$0].points) }
    }
}
