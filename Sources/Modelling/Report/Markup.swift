/// A piece of HTML. Text that is interpolated is escaped; only literals and other markup stand as they are, so that no
/// name or description of a card or file becomes part of the page's structure.
public struct Markup: ExpressibleByStringInterpolation, Sendable {
    public private(set) var html: String

    public init(stringLiteral literal: String) { html = literal }

    public init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

    /// A text, escaped.
    static func text(_ text: String) -> Markup { "\(text)" }

    static func += (left: inout Markup, right: Markup) { left.html += right.html }

    public struct StringInterpolation: StringInterpolationProtocol {
        var html = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { html += literal }

        public mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

        public mutating func appendInterpolation(_ number: Int) { html += String(number) }

        /// Escapes what has a meaning in HTML, within quotes too; a control character, which a page may not hold,
        /// becomes U+FFFD.
        public mutating func appendInterpolation(_ text: String) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&": html += "&amp;"
                case "<": html += "&lt;"
                case ">": html += "&gt;"
                case "\"": html += "&quot;"
                case "'": html += "&#39;"
                case "\n", "\t": html.unicodeScalars.append(scalar)
                case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}": html += "\u{FFFD}"
                default: html.unicodeScalars.append(scalar)
                }
            }
        }
    }
}

extension Sequence<Markup> {
    /// The pieces, one behind the other.
    func joined() -> Markup { reduce(into: "") { $0 += $1 } }
}
