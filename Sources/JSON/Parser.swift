/// Reads JSON texts one after the other (RFC 8259, strict) into one tape that is reused: no value costs an allocation.
///
/// The tape grows to about eight times the longest text's bytes; the pages that a text does not fill stay untouched.
package struct Parser: ~Copyable {
    package let limits: Limits
    private var tape: UnsafeMutableBufferPointer<TapeNode>

    package init(limits: Limits = Limits()) {
        self.limits = limits
        tape = .allocate(capacity: 512)
    }

    deinit {
        tape.deallocate()
    }

    /// Parses exactly one JSON text, with white space allowed before and after it.
    ///
    /// The value points into `text` and into this parser: it is valid until the next parse or the end of either,
    /// whichever comes first, and must not escape. Takes time linear in the text, whatever it holds.
    package mutating func parse(_ text: UnsafeBufferPointer<UInt8>) throws(SyntaxError) -> Value {
        guard let start = text.baseAddress else { throw SyntaxError(reason: .unexpectedEnd, offset: 0) }
        guard text.count <= limits.maximumLength else {
            throw SyntaxError(reason: .textTooLong, offset: limits.maximumLength)
        }
        let base = roomForTape(of: text.count)
        var builder = TapeBuilder(text: start, count: text.count, tape: base, limits: limits)
        try builder.build()
        return Value(node: UnsafePointer(base), text: start)
    }

    /// Parses as ``parse(_:)`` does, and gives the tape away with the number of its nodes.
    consuming func tape(of text: UnsafeBufferPointer<UInt8>) throws(SyntaxError) -> UnsafeBufferPointer<TapeNode> {
        let root = try parse(text)
        let count = Int(root.node.pointee.span)
        let kept = UnsafeMutableBufferPointer<TapeNode>.allocate(capacity: count)
        _ = kept.initialize(from: UnsafeBufferPointer(start: root.node, count: count))
        return UnsafeBufferPointer(kept)
    }

    /// Makes room for every tape that a text of so many bytes can have, so that writing a node needs no check.
    ///
    /// A complete value of n nodes has at least 2n - 1 bytes, and a comma parts it from the next; the
    /// containers that are still open add one node each.
    private mutating func roomForTape(of byteCount: Int) -> UnsafeMutablePointer<TapeNode> {
        let needed = byteCount / 2 + limits.maximumDepth + 2
        if tape.count < needed {
            tape.deallocate()
            tape = .allocate(capacity: needed + needed / 4)
        }
        return tape.baseAddress.unsafelyUnwrapped
    }
}
