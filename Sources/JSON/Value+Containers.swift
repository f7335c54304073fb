extension Value {
    /// The elements of an array or the members of an object; 0 for all that is neither.
    @inlinable public var count: Int {
        @inline(__always) get { isContainer ? node.pointee.childCount : 0 }
    }

    /// Whether this is an array or an object.
    @inlinable public var isContainer: Bool {
        @inline(__always) get { kind == .array || kind == .object }
    }

    /// The elements of an array in their order; none for all that is no array.
    @inlinable public var elements: Elements { Elements(of: self) }

    /// The members of an object in their order; none for all that is no object.
    @inlinable public var members: Members { Members(of: self) }

    /// The value of the first member with that key, escapes understood; nil for all that is no object.
    @inlinable public subscript(_ key: StaticString) -> Value? {
        self[UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)]
    }

    /// The value of the first member of which the key's UTF-8 is `key`; nil for all that is no object.
    @inlinable public subscript(_ key: UnsafeBufferPointer<UInt8>) -> Value? {
        for member in members where member.key.equals(key) {
            return member.value
        }
        return nil
    }

    /// The element of an array at `index`; nil beyond its end and for all that is no array.
    package func element(at index: Int) -> Value? {
        guard kind == .array, index >= 0 else { return nil }
        return elements.dropFirst(index).first { _ in true }
    }
}
