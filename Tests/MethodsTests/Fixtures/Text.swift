import JSON

/// A text of a test, parsed as often as a test asks.
struct Text {
    let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// What `write` appends to a new text.
    init(_ write: (inout Writer) -> Void) {
        var writer = Writer()
        write(&writer)
        bytes = writer.take()
    }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Parses the text and gives what `body` makes of its value.
    func parse<R>(_ body: (Value) throws -> R) throws -> R {
        var parser = Parser()
        return try bytes.withUnsafeBufferPointer { try body(try parser.parse($0)) }
    }
}
