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
        if parts.count == 1 {
            guard kind != nil || Self.isName(text) else { return nil }
            self = kind.map { .value($0) } ?? .captured(name: String(text))
        } else {
            guard let kind = parts[0].isEmpty ? .any : kind, Self.isName(parts[1]), ValueKind(name: parts[1]) == nil
            else { return nil }
            self = .capture(name: String(parts[1]), kind)
        }
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
    let name: String
    let matches: @Sendable (Tree) -> Bool

    static let any = ValueKind(name: "any") { _ in true }

    private static let all: [ValueKind] =
        [
            any,
            ValueKind(name: "string") { if case .string = $0 { true } else { false } },
            ValueKind(name: "number") { if case .number = $0 { true } else { false } },
            ValueKind(name: "integer") { if case .number(let text) = $0 { Int(text) != nil } else { false } },
            ValueKind(name: "boolean") { if case .bool = $0 { true } else { false } },
            ValueKind(name: "array") { if case .array = $0 { true } else { false } },
            ValueKind(name: "object") { if case .object = $0 { true } else { false } },
        ]
        + Format.standard.map { format in
            ValueKind(name: format.name) { value in
                guard let text = value.string else { return false }
                return Array(text.utf8).withUnsafeBufferPointer { format.accepts($0) }
            }
        }

    private init(name: String, matches: @escaping @Sendable (Tree) -> Bool) {
        self.name = name
        self.matches = matches
    }

    /// Nil when JSON Schema has no type and no format of that name.
    init?(name: Substring) {
        guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}
