import Bureau

/// The cases that a scorecard is fitted to: the class of each, and columns of values.
public struct DevelopmentSample: Sendable {
    /// One column: a name, and a value for each case.
    public struct Column: Sendable {
        public let name: String
        public let values: Values
    }

    public enum Values: Sendable {
        /// `missingNumber` stands for a missing number; any other NaN is one without a record.
        case numbers([Double])
        /// Indices into names in ascending order; `missingCode` stands for a missing text. The names are different
        /// as texts, and not by their bytes alone.
        case categories(names: [String], codes: [UInt16])
    }

    public static let missingCode = UInt16.max

    /// The code of a text that is missing for a reason: `missingCode` without a record, and less for others.
    static func missingCode(_ reason: MissingReason) -> UInt16 { missingCode - UInt16(reason.index) }

    /// The place among all kinds of missing values that a code stands for; nil for that of a text.
    static func missingIndex(of code: UInt16) -> Int? {
        let index = Int(missingCode - code)
        return index < MissingReason.allCases.count ? index : nil
    }

    /// The number that is missing for a reason: a NaN that holds the kind.
    static func missingNumber(_ reason: MissingReason) -> Double {
        Double(nan: UInt64(reason.index), signaling: false)
    }

    /// The place among all kinds of missing values that a NaN stands for.
    static func missingIndex(of number: Double) -> Int {
        Int(number.bitPattern & 0xFF) % MissingReason.allCases.count
    }

    public let isBad: [Bool]
    public let columns: [Column]

    public init(isBad: [Bool], columns: [Column]) {
        self.isBad = isBad
        self.columns = columns
    }

    public var count: Int { isBad.count }

    /// The good and the bad cases.
    public var classes: ClassCounts {
        let bad = isBad.count { $0 }
        return ClassCounts(good: count - bad, bad: bad)
    }

    /// Keeps the cases that `isKept` marks.
    func keeping(_ isKept: [Bool]) -> DevelopmentSample {
        func kept<Element>(_ values: [Element]) -> [Element] {
            zip(values, isKept).compactMap { $1 ? $0 : nil }
        }
        return DevelopmentSample(
            isBad: kept(isBad),
            columns: columns.map { column in
                switch column.values {
                case .numbers(let numbers): Column(name: column.name, values: .numbers(kept(numbers)))
                case .categories(let names, let codes):
                    Column(name: column.name, values: .categories(names: names, codes: kept(codes)))
                }
            })
    }

    /// A number for each case, drawn from its values and class, so that it does not depend on the order of the cases.
    /// Equal cases have different numbers, and which of them has which makes no difference.
    func caseHashes(seed: UInt64) -> [UInt64] {
        var hashes = isBad.map { SplitMix64(state: seed &* 2 &+ ($0 ? 1 : 0)) }
        func mix(_ index: Int, _ value: UInt64) { hashes[index].state = hashes[index].next() ^ value }
        for column in columns {
            switch column.values {
            case .numbers(let numbers):
                // Zero has two signs and one value.
                for (index, number) in numbers.enumerated() {
                    mix(index, number.isNaN ? UInt64(1 + Self.missingIndex(of: number)) : (number + 0).bitPattern)
                }
            case .categories(let names, let codes):
                let hashOfName = names.map { CategoryNames.hash(Array($0.utf8)) }
                for (index, code) in codes.enumerated() {
                    mix(index, Self.missingIndex(of: code).map { UInt64(1 + $0) } ?? hashOfName[Int(code)])
                }
            }
        }
        var equalCases: [UInt64: UInt64] = [:]
        return hashes.map { hash in
            var hash = hash
            let ordinal = equalCases[hash.state, default: 0]
            equalCases[hash.state] = ordinal + 1
            hash.state ^= ordinal &* 0x9E37_79B9_7F4A_7C15
            return hash.next()
        }
    }
}
