/// A parsed text that is kept, such as a schema: a copy of the bytes with their tape.
// Unchecked because of the two pointers: nothing writes to their memory after init, and only deinit frees it.
package final class Document: @unchecked Sendable {
    private let text: UnsafeBufferPointer<UInt8>
    private let tape: UnsafeBufferPointer<TapeNode>

    /// Parses a copy of one JSON text.
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

    deinit {
        text.deallocate()
        tape.deallocate()
    }

    /// Calls `body` with the value of the text, which must not escape.
    package func withRoot<R, E: Error>(_ body: (Value) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(root)
    }

    /// The value of the text, for callers that keep the document alive while they use the value.
    ///
    /// The value does not retain the document. For a document in a local variable, use ``withRoot(_:)``.
    package var root: Value {
        Value(node: tape.baseAddress.unsafelyUnwrapped, text: text.baseAddress.unsafelyUnwrapped)
    }
}
