/// A view of one value in a parsed text.
///
/// It costs nothing to copy and owns nothing: it points into the text and the tape, and must not outlive either. It is
/// public, as the writer is, only because Swift 6.3 inlines nothing of `package` access into other modules: there, each
/// look at a value would be a call.
public struct Value {
    @usableFromInline let node: UnsafePointer<TapeNode>
    @usableFromInline let text: UnsafePointer<UInt8>

    @inlinable
    init(node: UnsafePointer<TapeNode>, text: UnsafePointer<UInt8>) {
        self.node = node
        self.text = text
    }

    /// What the value is.
    @inlinable public var kind: Kind {
        @inline(__always) get { node.pointee.kind }
    }

    /// The value's own text as it came, a string's with its quotes, without the white space around it.
    @inlinable public var rawText: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text + Int(node.pointee.offset), count: Int(node.pointee.length))
    }

    /// The byte of the text at which the value starts.
    @inlinable public var offset: Int { Int(node.pointee.offset) }

    /// Whether the value is `null`.
    @inlinable public var isNull: Bool { kind == .null }

    /// `true` or `false`; nil for all that is neither.
    @inlinable public var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The value that follows this one among its siblings; a key is followed by its value.
    @inlinable var sibling: Value {
        @inline(__always) get { Value(node: node + Int(node.pointee.span), text: text) }
    }
}
