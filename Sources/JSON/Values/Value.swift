/// A view of one value in a parsed text.
///
/// A value is cheap to copy and owns nothing: it points into the text and the tape and must not outlive either.
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
    public func element(at index: Int) -> Value? {
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

extension Value {
    /// The first repeated key of this object, at its second occurrence; nil if every key is unique.
    ///
    /// Keys are compared decoded and not normalised. Takes time linear in the size of the object.
    public var ownDuplicateKey: Value? {
        guard kind == .object else { return nil }
        return count <= Value.largestSearchedObject ? searchedDuplicateKey : MemberIndex(of: self).duplicateKey
    }

    /// The first repeated key of any object in this value, at any depth; nil if there is none.
    ///
    /// Objects are searched in the order in which they start.
    public var duplicateKey: Value? {
        let end = node + Int(node.pointee.span)
        var candidate = node
        while candidate < end {
            if candidate.pointee.kind == .object, let key = Value(node: candidate, text: text).ownDuplicateKey {
                return key
            }
            candidate += 1
        }
        return nil
    }

    /// The largest object for which comparing keys is faster than hashing them, in members.
    private static let largestSearchedObject = 32

    /// Finds the first repeated key by comparison.
    ///
    /// Each key sets one signature bit. Earlier keys are compared only if the bit was set before.
    private var searchedDuplicateKey: Value? {
        var seen: UInt64 = 0
        for (position, member) in members.enumerated() {
            let key = member.key
            let bit = key.signatureBit
            if seen & bit != 0, members.prefix(position).contains(where: { $0.key.equalsString(key) }) {
                return key
            }
            seen |= bit
        }
        return nil
    }

    /// A bit derived from the length and two bytes of a key; all bits for a key with escapes.
    private var signatureBit: UInt64 {
        let contents = contents
        guard !hasEscapes else { return .max }
        guard let first = contents.first, let last = contents.last else { return 1 }
        let mix =
            UInt32(first) &* 0x9E37 &+ UInt32(last) &* 0x85EB &+ UInt32(truncatingIfNeeded: contents.count) &* 0xC2B3
        return 1 << UInt64((mix >> 9) & 63)
    }
}

/// A hash table of an object's members by key, for objects that are too large for a linear search.
///
/// `Hasher` is seeded for each process, so no client can choose keys that collide.
struct MemberIndex {
    /// The value of the first member with each key.
    private(set) var firstMembers: [Value: Value] = [:]
    /// The first repeated key, at its second occurrence.
    private(set) var duplicateKey: Value?

    init(of object: Value) {
        firstMembers.reserveCapacity(object.count)
        for member in object.members {
            if firstMembers[member.key] == nil {
                firstMembers[member.key] = member.value
            } else {
                duplicateKey = duplicateKey ?? member.key
            }
        }
    }
}
