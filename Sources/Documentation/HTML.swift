/// A piece of HTML. Text that is interpolated is escaped; only literals and other pieces stand as they are, so that no
/// description of a contract becomes part of the page's structure.
///
/// End tags that HTML lets be absent (of `p`, `li`, `dt`, `dd`, `tr`, `td`) are left out, because the page is to be
/// small.
struct HTML: ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral literal: String) { text = literal }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Trusted text: of the page's own files, or escaped already.
    init(raw text: some StringProtocol) { self.text = String(text) }

    static func + (left: HTML, right: HTML) -> HTML { HTML(raw: left.text + right.text) }
    static func += (left: inout HTML, right: HTML) { left.text += right.text }

    var isEmpty: Bool { text.isEmpty }

    struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ html: HTML) { text += html.text }

        mutating func appendInterpolation(_ number: some BinaryInteger) { text += String(number) }

        /// Escapes what has a meaning between tags.
        mutating func appendInterpolation(_ text: some StringProtocol) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&": self.text += "&amp;"
                case "<": self.text += "&lt;"
                default: self.text.unicodeScalars.append(scalar)
                }
            }
        }

        /// A value of an attribute in double quotes.
        mutating func appendInterpolation(attribute text: some StringProtocol) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&": self.text += "&amp;"
                case "\"": self.text += "&quot;"
                default: self.text.unicodeScalars.append(scalar)
                }
            }
        }
    }
}

extension Sequence<HTML> {
    /// The pieces, one behind the other, with a separator between them.
    func joined(_ separator: HTML = "") -> HTML {
        var joined: HTML = ""
        for (index, piece) in enumerated() {
            if index > 0 { joined += separator }
            joined += piece
        }
        return joined
    }
}
