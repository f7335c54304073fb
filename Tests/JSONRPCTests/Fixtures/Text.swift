import JSON

/// A text of a test, which can be parsed more than once.
struct Text {
    let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Parses the text and returns the result of `body` for its value.
    func parse<R>(_ body: (Value) throws -> R) throws -> R {
        var parser = Parser()
        return try bytes.withUnsafeBufferPointer { try body(try parser.parse($0)) }
    }
}

extension [UInt8] {
    /// The bytes as text, for expectations.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// The lines, each of which must have an end.
    var lines: [String] {
        var lines = split(separator: 0x0A, omittingEmptySubsequences: false).map { [UInt8]($0).text }
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
