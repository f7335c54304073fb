/// A view of one value in a parsed text.
///
/// It costs nothing to copy and owns nothing: it points into the text and the tape, and must not outlive either.
package struct Value {
    @usableFromInline let node: UnsafePointer<TapeNode>
    @usableFromInline let text: UnsafePointer<UInt8>

    @inlinable
    init(node: UnsafePointer<TapeNode>, text: UnsafePointer<UInt8>) {
        self.node = node
        self.text = text
    }

    @inlinable package var kind: Kind { node.pointee.kind }

    /// The value's own text as it came, a string's with its quotes, without the white space around it.
    @inlinable package var rawText: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text + Int(node.pointee.offset), count: Int(node.pointee.length))
    }

    /// The byte of the text at which the value starts.
    @inlinable package var offset: Int { Int(node.pointee.offset) }

    @inlinable package var isNull: Bool { kind == .null }

    /// `true` or `false`; nil for all that is neither.
    @inlinable package var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The value that follows this one among its siblings; a key is followed by its value.
    @inlinable var sibling: Value { Value(node: node + Int(node.pointee.span), text: text) }
}
