/// What one atom accepts, as written: a literal, an escape such as `\d`, or a class in brackets. Properties are kept by
/// name, because looking them up takes far longer than checking how they are spelt.
struct ClassSyntax: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var properties: [Property] = []
    var isNegated = false

    struct Property: Hashable, Sendable {
        let property: UnicodeProperty
        let isNegated: Bool
    }

    init() {}

    init(_ set: ScalarSet) {
        ranges = set.ranges
    }

    init(_ scalar: UInt32) {
        ranges = [scalar...scalar]
    }

    mutating func formUnion(_ other: ClassSyntax) {
        ranges += other.ranges
        properties += other.properties
    }

    /// The one scalar that it accepts, which may be the end of a range; nil when it is anything else.
    var single: UInt32? {
        guard ranges.count == 1, ranges[0].count == 1, properties.isEmpty else { return nil }
        return ranges[0].lowerBound
    }
}
