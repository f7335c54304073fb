import Seeds
import Testing

@testable import Patterns

struct DifferentialTests {
    @Test("random patterns agree with an exhaustive matcher", arguments: UInt64(1)...8)
    func randomPatterns(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var matchCount = 0
        for _ in 0..<400 {
            let reference = ReferencePattern.random(depth: 4, by: &random)
            let pattern = try Pattern(reference.source.utf8)
            let simulated = try Pattern(reference.source.utf8, isSimulated: true)
            for _ in 0..<6 {
                let scalars = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                    ReferencePattern.letters.randomElement(using: &random) ?? "a"
                }
                let text = String(String.UnicodeScalarView(scalars))
                let expected = reference.matches(scalars)
                #expect(pattern.matches(text) == expected, "\(reference.source) on \(text.debugDescription)")
                #expect(
                    simulated.matches(text) == expected, "\(reference.source) on \(text.debugDescription), simulated")
                matchCount += expected ? 1 : 0
            }
        }
        #expect((400...2000).contains(matchCount), "the patterns match about as often as not")
    }
}

/// A pattern with an exhaustive matcher, which follows the description in ECMA-262 §22.2.2.
indirect enum ReferencePattern: Sendable {
    case scalar(source: String, accepts: @Sendable (Unicode.Scalar) -> Bool)
    case assertion(source: String, holds: @Sendable ([Unicode.Scalar], Int) -> Bool)
    case sequence([ReferencePattern])
    case choice([ReferencePattern])
    case repetition(ReferencePattern, least: Int, most: Int?)
    case look(ReferencePattern, isAhead: Bool, isNegated: Bool)

    static let letters: [Unicode.Scalar] = ["a", "a", "b", "b", "c", "_", "é", "🐲", "1", " ", "\n"]

    var source: String {
        switch self {
        case .scalar(let source, _), .assertion(let source, _): source
        case .sequence(let parts): parts.map(\.source).joined()
        case .choice(let parts): "(?:\(parts.map(\.source).joined(separator: "|")))"
        case .repetition(let body, let least, let most): "(\(body.source)){\(least),\(most.map(String.init) ?? "")}"
        case .look(let body, let isAhead, let isNegated):
            "(?\(isAhead ? "" : "<")\(isNegated ? "!" : "=")\(body.source))"
        }
    }

    func matches(_ text: [Unicode.Scalar]) -> Bool {
        (0...text.count).contains { !ends(in: text, from: $0).isEmpty }
    }

    /// All positions at which a match from `start` can end.
    private func ends(in text: [Unicode.Scalar], from start: Int) -> Set<Int> {
        switch self {
        case .scalar(_, let accepts):
            return start < text.count && accepts(text[start]) ? [start + 1] : []
        case .assertion(_, let holds):
            return holds(text, start) ? [start] : []
        case .sequence(let parts):
            return parts.reduce([start]) { places, part in Set(places.flatMap { part.ends(in: text, from: $0) }) }
        case .choice(let parts):
            return Set(parts.flatMap { $0.ends(in: text, from: start) })
        case .repetition(let body, let least, let most):
            var (reached, found): (Set<Int>, Set<Int>) = ([start], least == 0 ? [start] : [])
            for count in 1...max(1, most ?? least + text.count + 1) where count <= most ?? .max {
                reached = Set(reached.flatMap { body.ends(in: text, from: $0) })
                if count >= least { found.formUnion(reached) }
            }
            return found
        case .look(let body, let isAhead, let isNegated):
            let found =
                isAhead
                ? !body.ends(in: text, from: start).isEmpty
                : (0...start).contains { body.ends(in: text, from: $0).contains(start) }
            return found != isNegated ? [start] : []
        }
    }

    static func random(depth: Int, by random: inout SeededGenerator) -> ReferencePattern {
        switch Int.random(in: 0..<(depth > 0 ? 14 : 4), using: &random) {
        case 0...3: return scalars.randomElement(using: &random) ?? .sequence([])
        case 4: return assertions.randomElement(using: &random) ?? .sequence([])
        case 5...8:
            return .sequence(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in .random(depth: depth - 1, by: &random) })
        case 9, 10:
            return .choice(
                (0..<Int.random(in: 1...3, using: &random)).map { _ in .random(depth: depth - 1, by: &random) })
        case 11, 12:
            let least = Int.random(in: 0...2, using: &random)
            let most = Bool.random(using: &random) ? nil : least + Int.random(in: 0...2, using: &random)
            return .repetition(.random(depth: depth - 1, by: &random), least: least, most: most)
        default:
            return .look(
                .random(depth: depth - 1, by: &random), isAhead: .random(using: &random),
                isNegated: .random(using: &random))
        }
    }

    private static let scalars: [ReferencePattern] = [
        .scalar(source: "a") { $0 == "a" }, .scalar(source: "b") { $0 == "b" }, .scalar(source: "é") { $0 == "é" },
        .scalar(source: "🐲") { $0 == "🐲" }, .scalar(source: ".") { $0 != "\n" }, .scalar(source: "[^a]") { $0 != "a" },
        .scalar(source: "[]") { _ in false }, .scalar(source: "[a-c]") { ("a"..."c").contains($0) },
        .scalar(source: "\\w", accepts: isWord), .scalar(source: "\\W") { !isWord($0) },
        .scalar(source: "\\d") { $0 == "1" }, .scalar(source: "[\\s\\d]") { " \n1".unicodeScalars.contains($0) },
        .scalar(source: "[\\u{80}-\\u{10FFFF}]") { !$0.isASCII },
    ]

    private static let assertions: [ReferencePattern] = [
        .assertion(source: "^") { $1 == 0 }, .assertion(source: "$") { $1 == $0.count },
        .assertion(source: "\\b", holds: isBoundary), .assertion(source: "\\B") { !isBoundary($0, $1) },
        .assertion(source: "(?m:^)") { $1 == 0 || $0[$1 - 1] == "\n" },
        .assertion(source: "(?m:$)") { $1 == $0.count || $0[$1] == "\n" },
    ]

    @Sendable private static func isWord(_ scalar: Unicode.Scalar) -> Bool { "abc_1".unicodeScalars.contains(scalar) }

    @Sendable private static func isBoundary(_ text: [Unicode.Scalar], _ place: Int) -> Bool {
        (place > 0 && isWord(text[place - 1])) != (place < text.count && isWord(text[place]))
    }
}
