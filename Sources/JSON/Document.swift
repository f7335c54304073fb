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

    /// The text's value. It points into the document, which the caller keeps for as long as it uses the value.
    package var root: Value {
        Value(node: tape.baseAddress.unsafelyUnwrapped, text: text.baseAddress.unsafelyUnwrapped)
    }
}
