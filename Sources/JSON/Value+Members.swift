extension Value {
    /// One member of an object.
    package struct Member {
        /// Always a string.
        package let key: Value
        package let value: Value

        @inlinable
        init(key: Value, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The members of an object.
    package struct Members: Sequence, IteratorProtocol {
        @usableFromInline var upcoming: Value
        @usableFromInline var left: Int

        @inlinable
        init(of object: Value) {
            upcoming = Value(node: object.node + 1, text: object.text)
            left = object.kind == .object ? object.node.pointee.childCount : 0
        }

        @inlinable package var underestimatedCount: Int { left }

        @inlinable
        package mutating func next() -> Member? {
            guard left > 0 else { return nil }
            left &-= 1
            let key = upcoming
            let value = Value(node: key.node + 1, text: key.text)
            upcoming = value.sibling
            return Member(key: key, value: value)
        }
    }
}
