import Bureau
import Scorecards
import Tables

extension DevelopmentSample {
    /// What is read of a file.
    public struct Selection: Sendable {
        /// The column with the class of each case.
        public var label: String
        /// The label of bad cases; nil: 1 or true is bad, and 0 or false is good.
        public var positive: String?
        /// The columns that are read; nil: all.
        public var only: [String]?
        /// Columns whose numbers are names, such as codes.
        public var categories: Set<String>
        /// Columns that are not read unless `only` has them.
        public var without: Set<String>

        public init(
            label: String, positive: String? = nil, only: [String]? = nil, categories: Set<String> = [],
            without: Set<String> = []
        ) {
            self.label = label
            self.positive = positive
            self.only = only
            self.categories = categories
            self.without = without
        }
    }

    /// The most different texts of a column.
    public static let maximumCategories = 200

    /// What was read of a file.
    public struct Content: Sendable {
        public let sample: DevelopmentSample
        /// What cannot be fitted: columns with numbers and texts, and those with too many or unusable texts.
        public let leftOut: [String]
        /// Columns that tell who a person is, and nothing of them.
        public let identities: [String]
        /// The rows without an outcome, which are left out too.
        public let unlabelledCount: Int
    }

    /// Whether a column tells by its name who a row is about or of when, as an extraction's do.
    static func isIdentity(_ name: String) -> Bool { ["cpf", "id", "asof"].contains(name.lowercased()) }

    /// Why a card cannot have a column of this name; nil when it can.
    static func refusal(ofName name: String, at index: Int) -> FitError? {
        if name.isEmpty { return .unnamedColumn(index + 1) }
        if name.unicodeScalars.count > Scorecard.maximumNameLength { return .longName(name) }
        // Bytes that are no UTF-8 were replaced by U+FFFD.
        return name.unicodeScalars.contains { $0 == "\0" || $0 == "\u{FFFD}" } ? .unusableName(index + 1) : nil
    }

    /// Reads all cases into memory, 8 bytes for a number and 2 for a text. Throws `FitError` or `CSVError`, also for a
    /// column that would be left out and that `only` has.
    public static func read(_ reader: inout CSVReader, _ selection: Selection) throws -> Content {
        func index(_ name: String) throws(FitError) -> Int {
            guard let index = reader.columns.firstIndex(of: name) else { throw .unknownColumn(name) }
            return index
        }
        let label = try index(selection.label)
        for name in selection.categories { _ = try index(name) }
        let chosen: [Int]
        if let only = selection.only {
            // In the file's order, so that a card does not depend on the order of the option.
            chosen = try Set(only.map(index)).subtracting([label]).sorted()
        } else {
            chosen = reader.columns.indices.filter {
                $0 != label && !selection.without.contains(reader.columns[$0])
            }
        }
        var builders = chosen.map { index in
            ColumnBuilder(
                isCategorical: selection.categories.contains(reader.columns[index]), limit: maximumCategories)
        }
        var isBad: [Bool] = []
        var unlabelledCount = 0
        let positive = selection.positive.map { Array($0.utf8) }
        while try reader.next() {
            if reader[label].isMissing {
                unlabelledCount += 1
                continue
            }
            guard let label = Self.isBad(reader[label], positive) else {
                throw FitError.unreadableLabel(line: reader.line)
            }
            isBad.append(label)
            for (position, index) in chosen.enumerated() { builders[position].append(reader[index]) }
        }
        var columns: [Column] = []
        var leftOut: [String] = []
        var identities: [String] = []
        for (builder, index) in zip(builders, chosen) {
            let name = reader.columns[index]
            guard let refusal = Self.refusal(of: builder, name: name, at: index) else {
                columns.append(Column(name: name, values: builder.values))
                continue
            }
            if selection.only != nil { throw refusal }
            if case .identity = refusal {
                identities.append(name)
            } else {
                leftOut.append(Self.refusal(ofName: name, at: index) == nil ? name : "column \(index + 1)")
            }
        }
        guard !columns.isEmpty else { throw FitError.noColumns(leftOut: leftOut, identities: identities) }
        return Content(
            sample: DevelopmentSample(isBad: isBad, columns: columns), leftOut: leftOut, identities: identities,
            unlabelledCount: unlabelledCount)
    }

    /// Why a column cannot be fitted; nil when it can.
    private static func refusal(of builder: ColumnBuilder, name: String, at index: Int) -> FitError? {
        if let refusal = refusal(ofName: name, at: index) { return refusal }
        switch builder.refusal {
        case .mixed: return .mixedColumn(name)
        case .tooManyCategories: return .tooManyCategories(name, limit: maximumCategories)
        case .unusableTexts: return .unusableTexts(name)
        case .numbersOfPersons: return .identity(name)
        case nil: return isIdentity(name) ? .identity(name) : nil
        }
    }

    /// Whether a label stands for bad; nil when it cannot be told.
    private static func isBad(_ field: CSVField, _ positive: [UInt8]?) -> Bool? {
        if let positive { return field.bytes.elementsEqual(positive) }
        switch field.number {
        case 0: return false
        case 1: return true
        case nil: return ["true": true, "false": false][field.text.lowercased()]
        default: return nil
        }
    }
}
