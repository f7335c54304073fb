import JSON

/// A JSON value that owns its contents: it can be kept, changed and compared.
///
/// Numbers are their text; strings are compared by their UTF-8, so that é as one scalar and as two are not equal.
public enum Tree: Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([Tree])
    case object([Member])

    /// A member of an object.
    public struct Member: Sendable {
        public var key: String
        public var value: Tree

        public init(key: String, value: Tree) {
            self.key = key
            self.value = value
        }
    }

    /// Parses exactly one JSON text.
    public init(_ text: some Collection<UInt8>) throws(SyntaxError) {
        self = try Document(text, limits: Parser.Limits(maximumDepth: 1000)).withRoot { Tree($0) }
    }

    /// Copies a parsed value.
    public init(_ value: Value) {
        switch value.kind {
        case .null: self = .null
        case .true: self = .bool(true)
        case .false: self = .bool(false)
        case .number: self = .number(String(decoding: value.rawText, as: UTF8.self))
        case .string: self = .string(value.string ?? "")
        case .array: self = .array(value.elements.map { Tree($0) })
        case .object: self = .object(value.members.map { Member(key: $0.key.string ?? "", value: Tree($0.value)) })
        }
    }

    /// The first member of that name.
    public subscript(_ key: String) -> Tree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The text of a string; nil for all else.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of an array; none for all else.
    public var elements: [Tree] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object; none for all else.
    public var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The value as JSON.
    public var bytes: [UInt8] {
        var writer = Writer()
        write(to: &writer)
        return writer.take()
    }

    private func write(to writer: inout Writer) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .number(let text): Array(text.utf8).withUnsafeBufferPointer { writer.verbatim($0) }
        case .string(let text): writer.string(text)
        case .array(let elements):
            writer.array { array in
                for element in elements { element.write(to: &array) }
            }
        case .object(let members):
            writer.object { object in
                for member in members {
                    object.key(member.key)
                    member.value.write(to: &object)
                }
            }
        }
    }
}

extension Tree: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension Tree: Equatable {
    public static func == (left: Tree, right: Tree) -> Bool {
        left.covers(right) && right.covers(left)
    }

    /// Whether this value has all that `part` has: objects may have more members, everything else is equal.
    public func covers(_ part: Tree) -> Bool {
        covers(part) { value, text in
            if case .string(let own) = value { own.utf8.elementsEqual(text.utf8) } else { false }
        }
    }

    /// The same, where `matches` says whether a value fits a string of `part`.
    func covers(_ part: Tree, matches: (Tree, String) -> Bool) -> Bool {
        switch (self, part) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (_, .string(let text)): matches(self, text)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.covers($1, matches: matches) }
        case (.object, .object(let members)):
            members.allSatisfy { self[$0.key]?.covers($0.value, matches: matches) == true }
        default: false
        }
    }
}

extension Tree {
    /// Whether the value is a response and nothing else (JSON-RPC 2.0 §5), with a reason in an error.
    public var isResponse: Bool {
        let keys = members.map(\.key).sorted()
        guard self["jsonrpc"]?.string == "2.0" else { return false }
        guard let error = self["error"] else { return keys == ["id", "jsonrpc", "result"] }
        guard case .number? = error["code"], error["message"]?.string != nil else { return false }
        return keys == ["error", "id", "jsonrpc"] && error["data"]?["reason"]?.string != nil
    }

    /// Whether the value is a notification of progress and nothing else.
    private var isProgress: Bool {
        members.map(\.key).sorted() == ["jsonrpc", "method", "params"] && self["jsonrpc"]?.string == "2.0"
            && self["method"]?.string == "$/progress"
    }

    /// Whether a daemon may write the value as a line.
    var isOutputLine: Bool {
        if case .array(let responses) = self { return !responses.isEmpty && responses.allSatisfy(\.isResponse) }
        return isResponse || isProgress
    }
}
