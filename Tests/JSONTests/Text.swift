import JSON

/// A JSON text that tests parse.
struct Text {
    let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Parses the text and returns the result of `body` for its value.
    func parse<R>(limits: Parser.Limits = Parser.Limits(), _ body: (Value) throws -> R) throws -> R {
        var parser = Parser(limits: limits)
        return try bytes.withUnsafeBufferPointer { try body(try parser.parse($0)) }
    }

    /// The error for an invalid text; nil for a valid text.
    func error(limits: Parser.Limits = Parser.Limits()) -> SyntaxError? {
        var parser = Parser(limits: limits)
        do throws(SyntaxError) {
            return try bytes.withUnsafeBufferPointer { (text) throws(SyntaxError) in
                _ = try parser.parse(text)
                return nil
            }
        } catch {
            return error
        }
    }
}
