import JSON

/// A JSON value that owns itself: what can be kept, changed and compared.
///
/// Numbers are their text; strings are compared by their UTF-8, so that é as one scalar and as two are not equal.
package enum Tree: Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([Tree])
    case object([Member])

    /// A member of an object.
    package struct Member: Sendable {
        package var key: String
        package var value: Tree

        package init(key: String, value: Tree) {
            self.key = key
            self.value = value
        }
    }

    /// Parses exactly one JSON text.
    package init(_ text: some Collection<UInt8>) throws(SyntaxError) {
        self = try Document(text, limits: Parser.Limits(maximumDepth: 1000)).withRoot { Tree($0) }
    }

    /// A copy of a parsed value.
    package init(_ value: Value) {
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
    package subscript(_ key: String) -> Tree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The text of a string; nil for all else.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of an array; none for all else.
    package var elements: [Tree] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object; none for all else.
    package var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The value as JSON.
    package var bytes: [UInt8] {
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
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
