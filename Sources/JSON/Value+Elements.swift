extension Value {
    /// The elements of an array.
    public struct Elements: Sequence, IteratorProtocol {
        @usableFromInline var upcoming: Value
        @usableFromInline var left: Int

        @inlinable @inline(__always)
        init(of array: Value) {
            upcoming = Value(node: array.node + 1, text: array.text)
            left = array.kind == .array ? array.node.pointee.childCount : 0
        }

        /// Exactly how many are left.
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
}
