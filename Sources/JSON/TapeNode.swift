/// One value, or one key of an object, on the tape: 16 bytes that say where its text is and where the next one starts.
///
/// The nodes of a text lie in the order of the text. A container is followed by its children; in an object each
/// key is followed by its value.
@usableFromInline
struct TapeNode {
    /// The byte at which the value's text starts.
    @usableFromInline var offset: UInt32
    /// The bytes of the value's text. While a container is open, the parser keeps its parent's index here.
    @usableFromInline var length: UInt32
    /// How many nodes the value takes, itself included: the next sibling is that far away.
    @usableFromInline var span: UInt32
    /// The kind in the three low bits, above them the number of children or the flags of a scalar.
    @usableFromInline var tag: UInt32

    @inlinable
    init(offset: UInt32, length: UInt32, span: UInt32, tag: UInt32) {
        self.offset = offset
        self.length = length
        self.span = span
        self.tag = tag
    }

    @inlinable var kind: Value.Kind {
        // The cases of `Kind` are its raw values in order, and the tag was made of one of them. The plain way, by
        // `init(rawValue:)`, cannot be inlined into other modules.
        @inline(__always) get { unsafeBitCast(UInt8(truncatingIfNeeded: tag & 7), to: Value.Kind.self) }
    }

    @inlinable var childCount: Int { Int(tag >> 3) }

    /// Of a string: it holds at least one escape.
    @usableFromInline static let escaped: UInt32 = 1 << 3
    /// Of a string: it holds at least one byte above 0x7F.
    @usableFromInline static let nonASCII: UInt32 = 1 << 4
    /// Of a number: it has a fraction or an exponent.
    @usableFromInline static let fractional: UInt32 = 1 << 3
    /// One child more, in the tag of a container.
    static let oneChild: UInt32 = 1 << 3
}
