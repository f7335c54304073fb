extension Value {
    /// One member of an object.
    public struct Member {
        /// Always a string.
        public let key: Value
        /// Whatever kind of value.
        public let value: Value

        @inlinable @inline(__always)
        init(key: Value, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The members of an object.
    public struct Members: Sequence, IteratorProtocol {
        @usableFromInline var upcoming: Value
        @usableFromInline var left: Int

        @inlinable @inline(__always)
        init(of object: Value) {
            upcoming = Value(node: object.node + 1, text: object.text)
            left = object.kind == .object ? object.node.pointee.childCount : 0
        }

        /// Exactly how many are left.
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
