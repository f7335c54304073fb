/// A view of one value in a parsed text.
///
/// A value is cheap to copy and owns nothing: it points into the text and the tape and must not outlive either.
///
/// Values and the writer are public only because Swift 6.3 does not inline `package` declarations into other modules.
public struct Value {
    @usableFromInline let node: UnsafePointer<TapeNode>
    @usableFromInline let text: UnsafePointer<UInt8>

    @inlinable
    init(node: UnsafePointer<TapeNode>, text: UnsafePointer<UInt8>) {
        self.node = node
        self.text = text
    }

    /// The kind of the value.
    @inlinable public var kind: Kind {
        @inline(__always) get { node.pointee.kind }
    }

    /// The value's source text: a string with its quotes, without surrounding white space.
    @inlinable public var rawText: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text + Int(node.pointee.offset), count: Int(node.pointee.length))
    }

    /// Where the value starts, in bytes from the start of the text.
    @inlinable public var offset: Int { Int(node.pointee.offset) }

    /// Whether the value is `null`.
    @inlinable public var isNull: Bool { kind == .null }

    /// The Boolean value; nil for any other kind.
    @inlinable public var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The next value in the same container. The sibling of a key is its value.
    @inlinable var sibling: Value {
        @inline(__always) get { Value(node: node + Int(node.pointee.span), text: text) }
    }

    /// The kinds of value in RFC 8259 §3; `true` and `false` are two kinds.
    public enum Kind: UInt8, Sendable {
        case null, `false`, `true`, number, string, array, object

        @usableFromInline var tag: UInt32 { UInt32(rawValue) }
    }

    /// The number of elements or members; 0 for a scalar.
    @inlinable public var count: Int {
        @inline(__always) get { isContainer ? node.pointee.childCount : 0 }
    }

    /// Whether the value is an array or an object.
    @inlinable public var isContainer: Bool {
        @inline(__always) get { kind == .array || kind == .object }
    }

    /// The elements of an array in order; empty for any other kind.
    @inlinable public var elements: Elements { Elements(of: self) }

    /// The members of an object in order; empty for any other kind.
    @inlinable public var members: Members { Members(of: self) }

    /// The value of the first member whose decoded key equals `key`; nil if the value is not an object.
    @inlinable public subscript(_ key: StaticString) -> Value? {
        self[UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)]
    }

    /// The value of the first member whose decoded key equals the UTF-8 in `key`; nil if the value is not an object.
    @inlinable public subscript(_ key: UnsafeBufferPointer<UInt8>) -> Value? {
        for member in members where member.key.equals(key) {
            return member.value
        }
        return nil
    }

    /// The array element at `index`; nil if there is none or the value is not an array.
    package func element(at index: Int) -> Value? {
        guard kind == .array, index >= 0 else { return nil }
        return elements.dropFirst(index).first { _ in true }
    }

    /// A sequence of the elements of an array.
    public struct Elements: Sequence, IteratorProtocol {
        @usableFromInline var upcoming: Value
        @usableFromInline var left: Int

        @inlinable @inline(__always)
        init(of array: Value) {
            upcoming = Value(node: array.node + 1, text: array.text)
            left = array.kind == .array ? array.node.pointee.childCount : 0
        }

        /// The exact number of elements that are left.
        @inlinable public var underestimatedCount: Int { left }

        /// Takes the next element.
        @inlinable @inline(__always)
        public mutating func next() -> Value? {
            guard left > 0 else { return nil }
            left &-= 1
            let element = upcoming
            upcoming = element.sibling
            return element
        }
    }

    /// A member of an object. The key is always a string.
    public struct Member {
        /// The member's name.
        public let key: Value
        /// The member's value, of any kind.
        public let value: Value

        @inlinable @inline(__always)
        init(key: Value, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// A sequence of the members of an object.
    public struct Members: Sequence, IteratorProtocol {
        @usableFromInline var upcoming: Value
        @usableFromInline var left: Int

        @inlinable @inline(__always)
        init(of object: Value) {
            upcoming = Value(node: object.node + 1, text: object.text)
            left = object.kind == .object ? object.node.pointee.childCount : 0
        }

        /// The exact number of members that are left.
        @inlinable public var underestimatedCount: Int { left }

        /// Takes the next member.
        @inlinable @inline(__always)
        public mutating func next() -> Member? {
            guard left > 0 else { return nil }
            left &-= 1
            let key = upcoming
            let value = Value(node: key.node + 1, text: key.text)
            upcoming = value.sibling
            return Member(key: key, value: value)
        }
    }
}
