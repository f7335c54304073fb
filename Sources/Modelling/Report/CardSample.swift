import Bureau
import Tables

/// What a scorecard makes of the rows of a file: how many cases each attribute and each score has. Its size depends on
/// the scorecard and not on the rows.
public struct CardSample: Sendable {
    /// The column that tells which rows are bad.
    public struct Label: Hashable, Sendable {
        public let column: String
        /// The value of bad rows; nil: 1 or true is bad, and 0 or false is good.
        public let positive: String?

        public init(column: String, positive: String? = nil) {
            self.column = column
            self.positive = positive
        }
    }

    /// The rows of the file, those without an outcome included.
    public private(set) var rowCount = 0
    /// The rows whose label is missing; they count in `allAttributes` and `allScores` alone.
    public private(set) var unlabelledCount = 0
    /// Whether the file has the column of the label; without it every row counts as good, and only totals mean
    /// anything.
    public let isLabelled: Bool
    /// The cases of each attribute of each characteristic, in the order of `CompiledCharacteristic`.
    public private(set) var attributes: [[ClassCounts]]
    /// The raw scores of all cases.
    public var scores: ScoreDistribution { scoreCounts.distribution }
    /// The raw scores by age; empty where the file has no column `age`.
    public var ages: [(group: AgeGroup, scores: ScoreDistribution)] {
        zip(AgeGroup.allCases, ageCounts).map { ($0, $1.distribution) }
    }

    /// How many rows, with an outcome or without one, have each attribute of each characteristic.
    public var allAttributes: [[Int]] {
        zip(attributes, unlabelledAttributes).map { zip($0, $1).map { $0.total + $1 } }
    }
    /// The raw scores of all rows, with an outcome or without one; only totals mean anything.
    public var allScores: ScoreDistribution {
        let (labelled, others) = (scoreCounts.distribution, unlabelledScores.distribution)
        return ScoreDistribution(
            zip(labelled.scores + others.scores, labelled.counts + others.counts).map { ($0, $1) })
    }

    private var unlabelledAttributes: [[Int]]
    private var unlabelledScores: ScoreCounts
    private var scoreCounts: ScoreCounts
    private var ageCounts: [ScoreCounts]

    /// Scores all rows that `reader` has.
    ///
    /// Throws `RowError` or `CSVError` for the first row that cannot be read; without the column of `label`, unless
    /// `isLabelOptional`, `CSVError.unknownColumn`.
    public init(
        _ card: CompiledScorecard, label: Label, isLabelOptional: Bool = false, reading reader: inout CSVReader
    ) throws {
        let columns = try card.columns(in: reader.columns)
        let labelColumn = isLabelOptional ? try? reader.column(label.column) : try reader.column(label.column)
        let ageColumn = try? reader.column(Scorecard.ageName)
        let positive = label.positive.map { Array($0.utf8) }
        isLabelled = labelColumn != nil
        attributes = card.characteristics.map { [ClassCounts](repeating: ClassCounts(), count: $0.points.count) }
        unlabelledAttributes = attributes.map { $0.map { _ in 0 } }
        unlabelledScores = ScoreCounts(card.rawScores)
        scoreCounts = ScoreCounts(card.rawScores)
        ageCounts = ageColumn == nil ? [] : AgeGroup.allCases.map { _ in ScoreCounts(card.rawScores) }
        var found = [Int](repeating: 0, count: columns.count)
        while try reader.next() {
            rowCount += 1
            // Nil for a row without an outcome.
            var outcome: Bool? = false
            if let labelColumn {
                let field = reader[labelColumn]
                outcome = Self.isBad(field, positive)
                guard outcome != nil || field.isMissing else {
                    throw RowError.notALabel(line: reader.line, column: label.column)
                }
                if field.isMissing { outcome = nil }
            }
            var rawScore = Int64(card.card.basePoints)
            for index in columns.indices {
                guard let attribute = card.characteristics[index].attribute(of: reader[columns[index]]) else {
                    throw RowError.notANumber(line: reader.line, column: card.characteristics[index].name)
                }
                found[index] = attribute
                rawScore += Int64(card.characteristics[index].points[attribute])
            }
            guard let isBad = outcome else {
                unlabelledCount += 1
                for index in columns.indices { unlabelledAttributes[index][found[index]] += 1 }
                unlabelledScores.count(rawScore, false)
                continue
            }
            for index in columns.indices { attributes[index][found[index]].count(isBad) }
            scoreCounts.count(rawScore, isBad)
            if let ageColumn {
                guard let group = AgeGroup(reader[ageColumn]) else {
                    throw RowError.notANumber(line: reader.line, column: Scorecard.ageName)
                }
                ageCounts[group.rawValue].count(rawScore, isBad)
            }
        }
    }

    private static func isBad(_ field: CSVField, _ positive: [UInt8]?) -> Bool? {
        if let positive { return field.bytes.elementsEqual(positive) }
        if let number = field.number { return number == 1 ? true : number == 0 ? false : nil }
        return switch field.text.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }
}

extension ClassCounts {
    @inline(__always)
    fileprivate mutating func count(_ isBad: Bool) {
        if isBad { bad += 1 } else { good += 1 }
    }
}

/// Cases counted by raw score: in an array where a scorecard has few possible scores, else in a dictionary.
private struct ScoreCounts: Sendable {
    private static let mostInArray = 1 << 16

    private let least: Int64
    private var counts: [ClassCounts]
    private var others: [Int64: ClassCounts] = [:]

    init(_ possible: ClosedRange<Int64>) {
        least = possible.lowerBound
        let isSmall = possible.upperBound - possible.lowerBound < Self.mostInArray
        counts = [ClassCounts](
            repeating: ClassCounts(), count: isSmall ? Int(possible.upperBound - possible.lowerBound) + 1 : 0)
    }

    @inline(__always)
    mutating func count(_ score: Int64, _ isBad: Bool) {
        if counts.isEmpty {
            others[score, default: ClassCounts()].count(isBad)
        } else {
            counts[Int(score - least)].count(isBad)
        }
    }

    var distribution: ScoreDistribution {
        if counts.isEmpty { return ScoreDistribution(others.map { (Double($0), $1) }) }
        return ScoreDistribution(counts.enumerated().map { (Double(least + Int64($0)), $1) })
    }
}
