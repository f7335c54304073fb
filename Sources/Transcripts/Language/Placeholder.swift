import JSON
import JSONSchema

/// The values that a case has taken out of answers, by their names.
typealias Captures = [String: Tree]

/// A part of a line that stands for what varies from run to run: the text between `${` and `}`.
enum Placeholder: Sendable {
    /// A value of a kind, such as `${uuid}`.
    case value(ValueKind)
    /// A value of a kind that is captured: `${=name}`, `${uuid=name}`.
    case capture(name: String, ValueKind)
    /// The value that was captured before: `${name}`.
    case captured(name: String)

    /// Nil for an unknown kind, for a name with other characters than letters, digits, `_` and `-`, and for the name of
    /// a kind.
    init?(_ text: Substring) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let kind = ValueKind(name: parts[0])
        guard let name = parts.dropFirst().first else {
            if let kind { self = .value(kind) } else if Self.isName(text) { self = .captured(name: String(text)) } else { return nil }
            return
        }
        guard let kind = parts[0].isEmpty ? .any : kind, Self.isName(name), ValueKind(name: name) == nil else { return nil }
        self = .capture(name: String(name), kind)
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == "-" }
    }

    /// Whether a value fits, which captures the value where the placeholder says so.
    func matches(_ value: Tree, captures: inout Captures) -> Bool {
        switch self {
        case .value(let kind): return kind.matches(value)
        case .captured(let name): return captures[name] == value
        case .capture(let name, let kind):
            guard kind.matches(value) else { return false }
            captures[name] = value
            return true
        }
    }
}

extension Placeholder: CustomStringConvertible {
    var description: String {
        switch self {
        case .value(let kind): kind.name
        case .capture(let name, let kind): "\(kind.name)=\(name)"
        case .captured(let name): name
        }
    }
}

/// What a value must be: `any`, a type or a format of JSON Schema.
struct ValueKind: Sendable {
    private enum Check: Sendable {
        case type(@Sendable (Tree) -> Bool)
        case format(Format)
    }

    let name: String
    private let check: Check

    static let any = ValueKind(name: "any", check: .type { _ in true })

    private static let types: [ValueKind] = [
        any,
        ValueKind(name: "string", check: .type { if case .string = $0 { true } else { false } }),
        ValueKind(name: "number", check: .type { if case .number = $0 { true } else { false } }),
        ValueKind(
            name: "integer",
            check: .type { if case .number(let text) = $0 { text.allSatisfy { $0 != "." && $0 != "e" && $0 != "E" } } else { false } }),
        ValueKind(name: "boolean", check: .type { if case .bool = $0 { true } else { false } }),
        ValueKind(name: "array", check: .type { if case .array = $0 { true } else { false } }),
        ValueKind(name: "object", check: .type { if case .object = $0 { true } else { false } }),
    ]

    private init(name: String, check: Check) {
        self.name = name
        self.check = check
    }

    /// Nil when JSON Schema has no type and no format of that name.
    init?(name: Substring) {
        if let type = Self.types.first(where: { $0.name == name }) {
            self = type
        } else if let format = Format.standard.first(where: { $0.name == name }) {
            self.init(name: format.name, check: .format(format))
        } else {
            return nil
        }
    }

    func matches(_ value: Tree) -> Bool {
        switch check {
        case .type(let holds): return holds(value)
        case .format(let format):
            guard let text = value.string else { return false }
            return Array(text.utf8).withUnsafeBufferPointer { format.accepts($0) }
        }
    }
}
