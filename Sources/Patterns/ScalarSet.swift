/// A set of code points, as ranges in order that neither touch nor overlap.
struct ScalarSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let all = ScalarSet([0...0x10FFFF])

    /// The set of all code points in some ranges, which may be in any order and overlap.
    init(_ unordered: [ClosedRange<UInt32>]) {
        ranges = []
        for range in unordered.sorted(by: { $0.lowerBound < $1.lowerBound }) { add(range) }
    }

    /// The scalars that a predicate accepts.
    init(where accepts: (Unicode.Scalar.Properties) -> Bool) {
        ranges = []
        for plane in UInt32(0)...16 {
            let start = plane << 16
            // Planes 4 to 13 are empty, 15 and 16 for private use: alike throughout but for the last two, which are
            // no characters in any plane.
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

    /// Adds a range that begins nowhere before the last one.
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

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }
}

extension ScalarSet {
    /// `\d`: the ten ASCII digits (ECMA-262 §22.2.2.9).
    static let digits = ScalarSet([0x30...0x39])
    /// `\w`: ASCII letters, digits and the low line (§22.2.2.9.3).
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// The line terminators, which `.` leaves out (§12.3).
    static let lineTerminators = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
    /// `\s`: white space and line terminators (§12.2, §12.3); the space separators are those of Unicode.
    static let whiteSpace = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
}
