import Bureau

/// Known values of a field, all of one kind.
enum ValueSet: Sendable, Hashable {
    case numbers(NumberSet)
    case categories(CategorySet)

    var isEmpty: Bool {
        switch self {
        case .numbers(let set): set.isEmpty
        case .categories(let set): set.isEmpty
        }
    }

    /// All values but these.
    var complement: ValueSet {
        switch self {
        case .numbers(let set): .numbers(set.complement)
        case .categories(let set): .categories(set.complement)
        }
    }

    /// Both sets have values of the same kind, as all of one field have.
    func intersection(_ other: ValueSet) -> ValueSet {
        switch (self, other) {
        case (.numbers(let one), .numbers(let two)): .numbers(one.intersection(two))
        case (.categories(let one), .categories(let two)): .categories(one.intersection(two))
        default: preconditionFailure("values of two kinds")
        }
    }

    /// The values of all sets, each of which is part of `all`. Categories are listed in each.
    static func union(_ sets: [ValueSet], within all: ValueSet) -> ValueSet {
        switch all {
        case .numbers: .numbers(NumberSet(union: sets.flatMap(\.ranges)))
        case .categories: .categories(CategorySet(sets.flatMap(\.listed)))
        }
    }

    private var ranges: [NumberSet.Range] {
        if case .numbers(let set) = self { set.ranges } else { [] }
    }

    private var listed: [String] {
        if case .categories(let set) = self { set.listed } else { [] }
    }

    /// The number of ranges or of listed categories.
    var count: Int { ranges.count + listed.count }

    func union(_ other: ValueSet) -> ValueSet { complement.intersection(other.complement).complement }

    func subtracting(_ other: ValueSet) -> ValueSet { intersection(other.complement) }
}

/// A set of numbers as ranges.
struct NumberSet: Sendable, Hashable {
    /// Numbers from a bound, inclusive, up to another, exclusive; infinite where there is no bound.
    struct Range: Sendable, Hashable {
        let from: Double
        let to: Double
    }

    /// Ascending; none touches the next.
    let ranges: [Range]

    static let all = NumberSet(from: -.infinity, to: .infinity)

    /// The numbers from one up to another; none when the second is not above the first.
    init(from: Double, to: Double) {
        ranges = from < to ? [Range(from: from, to: to)] : []
    }

    /// The numbers of ranges in any order, which may overlap.
    init(union ranges: [Range]) {
        var merged: [Range] = []
        for range in ranges.sorted(by: { $0.from < $1.from }) {
            if let last = merged.last, range.from <= last.to {
                merged[merged.count - 1] = Range(from: last.from, to: max(last.to, range.to))
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    private init(_ ranges: [Range]) { self.ranges = ranges }

    var isEmpty: Bool { ranges.isEmpty }

    var complement: NumberSet {
        var gaps: [Range] = []
        var from = -Double.infinity
        for range in ranges {
            if from < range.from { gaps.append(Range(from: from, to: range.from)) }
            from = range.to
        }
        if from < .infinity { gaps.append(Range(from: from, to: .infinity)) }
        return NumberSet(gaps)
    }

    func intersection(_ other: NumberSet) -> NumberSet {
        var common: [Range] = []
        var (one, two) = (ranges[...], other.ranges[...])
        while let first = one.first, let second = two.first {
            let (from, to) = (max(first.from, second.from), min(first.to, second.to))
            if from < to { common.append(Range(from: from, to: to)) }
            if first.to < second.to { one.removeFirst() } else { two.removeFirst() }
        }
        return NumberSet(common)
    }
}

/// A set of categories: those that are listed, or all but those.
struct CategorySet: Sendable, Hashable {
    /// In the order of the document.
    let listed: [String]
    let isAllBut: Bool
    /// Those that are listed.
    private let set: Set<String>

    static let all = CategorySet([], isAllBut: true)

    init(_ listed: [String], isAllBut: Bool = false) {
        var seen: Set<String> = []
        self.listed = listed.filter { seen.insert($0).inserted }
        self.isAllBut = isAllBut
        set = seen
    }

    var isEmpty: Bool { listed.isEmpty && !isAllBut }

    var complement: CategorySet { CategorySet(listed, isAllBut: !isAllBut) }

    func contains(_ value: String) -> Bool { set.contains(value) != isAllBut }

    func intersection(_ other: CategorySet) -> CategorySet {
        switch (isAllBut, other.isAllBut) {
        case (true, true): CategorySet(listed + other.listed, isAllBut: true)
        case (false, _): CategorySet(listed.filter(other.contains))
        case (true, false): CategorySet(other.listed.filter(contains))
        }
    }
}
