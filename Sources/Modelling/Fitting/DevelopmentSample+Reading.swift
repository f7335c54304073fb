import Tables

extension DevelopmentSample {
    /// What is read of a file.
    package struct Selection: Sendable {
        /// The column with the class of each case.
        package var label: String
        /// The label of bad cases; nil: 1 or true is bad, and 0 or false is good.
        package var positive: String?
        /// The columns that are read; nil: all.
        package var only: [String]?
        /// Columns whose numbers are names, such as codes.
        package var categories: Set<String>
        /// Columns that are not read unless `only` has them.
        package var without: Set<String>

        package init(
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
    package static let maximumCategories = 200

    /// What was read of a file.
    package struct Content: Sendable {
        package let sample: DevelopmentSample
        /// Columns with numbers and texts, and those with too many texts.
        package let leftOut: [String]
        /// The rows without an outcome, which are left out too.
        package let unlabelledCount: Int
    }

    /// Reads all cases into memory, 8 bytes for a number and 2 for a text. Throws `FitError` or `CSVError`, also for a
    /// column that would be left out and that `only` has.
    package static func read(_ reader: inout CSVReader, _ selection: Selection) throws -> Content {
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
        for (builder, index) in zip(builders, chosen) {
            let name = reader.columns[index]
            switch builder.refusal {
            case nil: columns.append(Column(name: name, values: builder.values))
            case .mixed where selection.only != nil: throw FitError.mixedColumn(name)
            case .tooManyCategories where selection.only != nil:
                throw FitError.tooManyCategories(name, limit: maximumCategories)
            default: leftOut.append(name)
            }
        }
        return Content(
            sample: DevelopmentSample(isBad: isBad, columns: columns), leftOut: leftOut,
            unlabelledCount: unlabelledCount)
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

/// Collects the values of one column. Whether they are numbers or texts shows with the first one.
private struct ColumnBuilder {
    enum Refusal { case mixed, tooManyCategories }

    private enum Storage { case undecided, numbers, categories }

    private(set) var refusal: Refusal?
    private let limit: Int
    private let isCategorical: Bool
    private var storage: Storage
    private var missingFirst = 0
    private var numbers: [Double] = []
    private var codes: [UInt16] = []
    private var categories = CategoryNames()

    init(isCategorical: Bool, limit: Int) {
        self.isCategorical = isCategorical
        self.limit = limit
        storage = isCategorical ? .categories : .undecided
    }

    @inline(__always)
    mutating func append(_ field: CSVField) {
        guard refusal == nil else { return }
        if storage == .numbers {
            if let number = field.number {
                numbers.append(number)
            } else if field.isMissing {
                numbers.append(.nan)
            } else {
                refuse(.mixed)
            }
        } else {
            appendOther(field)
        }
    }

    private mutating func appendOther(_ field: CSVField) {
        guard !field.isMissing else {
            if storage == .categories { codes.append(DevelopmentSample.missingCode) } else { missingFirst += 1 }
            return
        }
        let number = isCategorical ? nil : field.number
        if storage == .undecided {
            storage = number == nil ? .categories : .numbers
            if number == nil {
                codes = [UInt16](repeating: DevelopmentSample.missingCode, count: missingFirst)
            } else {
                numbers = [Double](repeating: .nan, count: missingFirst)
            }
        }
        if let number {
            if storage == .numbers { numbers.append(number) } else { refuse(.mixed) }
        } else if let code = categories.code(of: field.bytes, limit: limit) {
            codes.append(code)
        } else {
            refuse(.tooManyCategories)
        }
    }

    private mutating func refuse(_ refusal: Refusal) {
        self.refusal = refusal
        (numbers, codes) = ([], [])
    }

    /// A column without any value has no number.
    var values: DevelopmentSample.Values {
        switch storage {
        case .undecided: return .numbers([Double](repeating: .nan, count: missingFirst))
        case .numbers: return .numbers(numbers)
        case .categories:
            let (names, places) = categories.sorted()
            let missing = DevelopmentSample.missingCode
            return .categories(names: names, codes: codes.map { $0 == missing ? missing : places[Int($0)] })
        }
    }
}
