import Bureau
import Scorecards
import Tables

/// A scorecard laid out for rows of text: each field becomes the number of an attribute, whose points and loss stand in
/// arrays. Its scores and reasons are those of `Scorecard.score`.
public struct CompiledScorecard: Sendable {
    public let card: Scorecard
    public let characteristics: [CompiledCharacteristic]
    /// What a reason column shows for each group of losses: the reason code, or the characteristic's name without one.
    let reasonNames: [[UInt8]]

    public init(_ card: Scorecard) {
        self.card = card
        // Losses under one code are one reason; a loss without a code is its characteristic's own.
        var names = card.characteristics.map(\.name)
        var groups: [String: Int] = [:]
        characteristics = card.characteristics.enumerated().map { index, characteristic in
            CompiledCharacteristic(characteristic) { code in
                guard let code else { return index }
                if let group = groups[code] { return group }
                names.append(code)
                groups[code] = names.count - 1
                return names.count - 1
            }
        }
        reasonNames = names.map { Array($0.utf8) }
    }

    /// The least and the greatest raw score that any row can have.
    public var rawScores: ClosedRange<Int64> {
        let least = characteristics.reduce(Int64(0)) { $0 + Int64($1.points.min() ?? 0) }
        let greatest = characteristics.reduce(Int64(0)) { $0 + Int64($1.points.max() ?? 0) }
        return Int64(card.basePoints) + least...Int64(card.basePoints) + greatest
    }

    /// Finds the columns of the characteristics by their names.
    public func columns(in names: [String]) throws(RowError) -> [Int] {
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let absent = characteristics.map(\.name).filter { places[$0] == nil }
        guard absent.isEmpty else { throw .missingColumns(absent) }
        return characteristics.compactMap { places[$0.name] }
    }
}

/// One characteristic of a compiled scorecard. Its attributes are numbered: the bins or categories, then any other
/// value where the scorecard has points for it, then the four kinds of missing values.
public struct CompiledCharacteristic: Sendable {
    public let name: String
    /// The points of each attribute.
    public let points: [Int32]
    /// The baseline less the points of each attribute.
    let losses: [Int64]
    /// The group in which each attribute's loss counts.
    let groups: [Int]
    /// The number of the attribute for other values.
    public let other: Int?
    /// The number of the first kind of missing value.
    public let firstMissing: Int
    private let lookup: Lookup

    private enum Lookup: Sendable {
        /// Bounds in ascending order, and the attribute below the first, between each two, and from the last up.
        case bounds([Double], [Int])
        case categories(CategoryIndex)
    }

    init(_ characteristic: ScoredCharacteristic, group: (String?) -> Int) {
        name = characteristic.name
        var attributes: [AttributePoints] =
            switch characteristic.table {
            case .bins(let bins): bins.map(\.attribute)
            case .categories(let categories): categories.map(\.attribute)
            }
        other = characteristic.other == nil ? nil : attributes.count
        if let other = characteristic.other { attributes.append(other) }
        firstMissing = attributes.count
        attributes += MissingReason.allCases.map { characteristic.missing[$0] }
        points = attributes.map(\.points)
        losses = attributes.map { Int64(characteristic.baseline) - Int64($0.points) }
        groups = attributes.map { group($0.reason?.code) }
        let rest = other ?? firstMissing
        switch characteristic.table {
        case .bins(let bins):
            let bounds = Set(bins.flatMap { [$0.from, $0.to].compactMap(\.self) }).sorted()
            let probes = [-Double.infinity] + bounds
            lookup = .bounds(bounds, probes.map { probe in bins.firstIndex { $0.contains(probe) } ?? rest })
        case .categories(let categories):
            lookup = .categories(CategoryIndex(categories.map(\.values)))
        }
    }

    /// The number of the attribute that a field has; nil where the table has bins and the field is no number.
    ///
    /// A field that is empty or says NA, NaN or null is missing without a record, and one that names a kind of missing
    /// value is that kind, whatever the scorecard lists. A category that it does not list counts as any other value.
    @inline(__always)
    public func attribute(of field: CSVField) -> Int? {
        switch lookup {
        case .bounds(let bounds, let attributes):
            if let number = field.number {
                var index = 0
                while index < bounds.count, bounds[index] <= number { index += 1 }
                return attributes[index]
            }
            return field.missingReason.map { firstMissing + $0.index }
        case .categories(let categories):
            if let reason = field.missingReason { return firstMissing + reason.index }
            return categories.index(of: field.bytes) ?? other ?? firstMissing
        }
    }
}

/// Why a row cannot be scored. No description holds a value of the file.
public enum RowError: Error, Hashable, CustomStringConvertible {
    /// The file has no columns of these names, which the scorecard reads.
    case missingColumns([String])
    /// The file has columns of these names, which are those of what is written beside its own.
    case takenColumns([String])
    /// A field of a characteristic with bins is no number.
    case notANumber(line: Int, column: String)
    /// A field of the label is none of its values.
    case notALabel(line: Int, column: String)

    public var description: String {
        switch self {
        case .missingColumns(let names):
            "there is no column \(names.joined(separator: ", no column ")), which the scorecard reads"
        case .takenColumns(let names):
            "a column of this name is written, and cannot be read too: \(names.joined(separator: ", "))"
        case .notANumber(let line, let column): "line \(line), column \(column): not a number"
        case .notALabel(let line, let column):
            "line \(line), column \(column): neither 0, 1, true nor false; --positive tells which value is bad"
        }
    }
}
