/// A text that is kept, such as a schema: its own copy of the bytes, with their tape.
// Unchecked because of the two pointers: nothing writes to what they point to after init, and only deinit frees it.
package final class Document: @unchecked Sendable {
    private let text: UnsafeBufferPointer<UInt8>
    private let tape: UnsafeBufferPointer<TapeNode>

    /// Parses a copy of exactly one JSON text.
    package init(_ bytes: some Collection<UInt8>, limits: Parser.Limits = Parser.Limits()) throws(SyntaxError) {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = copy.initialize(from: bytes)
        do throws(SyntaxError) {
            tape = try Parser(limits: limits).tape(of: UnsafeBufferPointer(copy))
            text = UnsafeBufferPointer(copy)
        } catch {
            copy.deallocate()
            throw error
        }
    }

    /// Parses a text that is part of the program or read from a file.
    package convenience init(_ text: StaticString) throws(SyntaxError) {
        try self.init(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    deinit {
        text.deallocate()
        tape.deallocate()
    }

    /// Calls `body` with the text's value, which must not escape.
    package func withRoot<R, E: Error>(_ body: (Value) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(root)
    }

    /// The text's value. It points into the document but does not keep it: for owners that outlive every use of the
    /// value. A local document may be freed right after this call; there, use ``withRoot(_:)``.
    package var root: Value {
        Value(node: tape.baseAddress.unsafelyUnwrapped, text: text.baseAddress.unsafelyUnwrapped)
    }
}
