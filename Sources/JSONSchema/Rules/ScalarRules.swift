import JSON
import Patterns

/// A rule for numbers (validation §6.2).
enum NumberRule {
    case bound(Bound)
    case multiple(of: Divisor, text: Value)

    /// A bound from `minimum`, `maximum` or their exclusive forms.
    struct Bound {
        let keyword: Keyword
        /// The bound in the schema's text.
        let text: Value
        let number: Number
        /// The bound if it is an integer within Int64, for the fast comparison with short integers.
        let int64: Int64?

        func admits(_ value: Value) -> Bool {
            if let int64, let integer = value.shortInteger {
                return admits(integer < int64 ? -1 : integer > int64 ? 1 : 0)
            }
            return admits(Number(text: value.rawText).order(to: number))
        }

        private func admits(_ order: Int) -> Bool {
            switch keyword {
            case .minimum: order >= 0
            case .exclusiveMinimum: order > 0
            case .maximum: order <= 0
            default: order < 0
            }
        }

        var reason: Violation.Reason { keyword == .minimum || keyword == .exclusiveMinimum ? .tooSmall : .tooLarge }

        /// The words before the bound in readable form.
        var relation: String {
            switch keyword {
            case .minimum: "at least"
            case .exclusiveMinimum: "more than"
            case .maximum: "at most"
            default: "less than"
            }
        }
    }
}

/// A rule for strings (validation §6.3, §7). Lengths are in code points.
enum StringRule {
    case length(minimum: Int, maximum: Int)
    case pattern(UnsafePointer<PatternRule>)
    case format(UnsafePointer<Format>)
}

/// A regular expression from `pattern` or `patternProperties`.
struct PatternRule {
    let pattern: Pattern
    /// The UTF-8 of the expression.
    let source: UnsafeBufferPointer<UInt8>

    /// Whether the expression matches anywhere in a string.
    func matches(_ string: Value) -> Bool { string.withUTF8 { pattern.matches($0) } }

    var text: String { String(decoding: source, as: UTF8.self) }
}

/// The values that `enum` or `const` accepts (validation §6.1.2, §6.1.3).
struct ValueRule {
    let keyword: Keyword
    let values: UnsafeBufferPointer<Value>

    /// The accepted values in readable form.
    var accepted: String {
        let texts = values.map(\.displayText)
        return keyword == .const ? texts.joined() : "one of " + texts.joined(separator: ", ")
    }
}

extension Value {
    /// A value of a schema in readable form: the text of a string, JSON for any other kind.
    var displayText: String { string ?? String(decoding: rawText, as: UTF8.self) }
}
