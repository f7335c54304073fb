/// A set of code points, as sorted ranges that neither touch nor overlap.
struct ScalarSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let all = ScalarSet([0...0x10FFFF])

    /// The union of ranges, which may overlap and be in any order.
    init(_ unordered: [ClosedRange<UInt32>]) {
        ranges = []
        for range in unordered.sorted(by: { $0.lowerBound < $1.lowerBound }) { add(range) }
    }

    /// The set of all scalars whose properties satisfy a predicate.
    init(where accepts: (Unicode.Scalar.Properties) -> Bool) {
        ranges = []
        for plane in UInt32(0)...16 {
            let start = plane << 16
            // Planes 4 to 13 are unassigned, 15 and 16 are for private use. All scalars of such a plane have the same
            // properties, except for the last two, which are noncharacters.
            let isUniform = (4...13).contains(plane) || plane >= 15
            let samples = isUniform ? [start...start, start + 0xFFFE...start + 0xFFFF] : [start...start + 0xFFFF]
            for sample in samples {
                for value in sample {
                    guard let scalar = Unicode.Scalar(value), accepts(scalar.properties) else { continue }
                    add(isUniform && value == start ? start...start + 0xFFFD : value...value)
                }
            }
        }
    }

    /// Adds a range that starts at or after the start of the last range.
    private mutating func add(_ range: ClosedRange<UInt32>) {
        guard let last = ranges.last, range.lowerBound <= last.upperBound + 1 else { return ranges.append(range) }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }

    var inverted: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if next < range.lowerBound { gaps.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
        return ScalarSet(gaps)
    }
}

extension ScalarSet {
    /// The set of `\d`: ASCII digits (ECMA-262 §22.2.2.9).
    static let digits = ScalarSet([0x30...0x39])
    /// The set of `\w`: ASCII letters, digits and the low line (§22.2.2.9.3).
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// The line terminators, which `.` does not match (§12.3).
    static let lineTerminators = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
    /// The set of `\s`: white space and line terminators (§12.2, §12.3), including Unicode's space separators.
    static let whiteSpace = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
}
