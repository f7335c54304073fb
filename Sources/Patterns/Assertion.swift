/// A condition on the place between two scalars that takes no text: ECMA-262 §22.2.2.4.
enum Assertion: Hashable, Sendable {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary
    /// A lookahead or lookbehind, by its index in the program; what it says is found out before (``Lookaround``).
    case lookaround(UInt8, isNegated: Bool)

    /// What an assertion can ask about one side of a place.
    struct Neighbour: OptionSet, Hashable, Sendable {
        let rawValue: UInt8

        /// There is no text on that side.
        static let edge = Neighbour(rawValue: 1)
        static let wordScalar = Neighbour(rawValue: 2)
        static let lineTerminator = Neighbour(rawValue: 4)
    }

    /// Whether it holds between two neighbours; a lookaround never does, because it asks about more than these.
    func holds(between before: Neighbour, and after: Neighbour) -> Bool {
        switch self {
        case .textStart: before.contains(.edge)
        case .textEnd: after.contains(.edge)
        case .lineStart: !before.isDisjoint(with: [.edge, .lineTerminator])
        case .lineEnd: !after.isDisjoint(with: [.edge, .lineTerminator])
        case .wordBoundary: before.contains(.wordScalar) != after.contains(.wordScalar)
        case .noWordBoundary: before.contains(.wordScalar) == after.contains(.wordScalar)
        case .lookaround: false
        }
    }
}
