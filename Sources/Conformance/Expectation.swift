import JSON

/// An answer that must come.
enum Expectation: Sendable {
    /// One that says at least this.
    case saying(Line)
    /// One that is this, byte for byte.
    case exactly(Line)

    /// Checks that the line is JSON where it must be.
    init(saying line: Line) throws(SyntaxError) {
        _ = try Tree(line.bytes(number: 1))
        self = .saying(line)
    }
}
