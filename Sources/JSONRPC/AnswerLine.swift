import JSON

/// The frame of a response (JSON-RPC 2.0 §5), written around what a method writes. No line end.
enum AnswerLine {
    /// Appends a result; `write` appends one JSON value.
    static func result(id: UnsafeBufferPointer<UInt8>, to writer: inout Writer, _ write: (inout Writer) -> Void) {
        writer.raw(#"{"jsonrpc":"2.0","id":"#)
        writer.raw(id)
        writer.raw(#","result":"#)
        write(&writer)
        writer.raw("}")
    }

    static func error(id: UnsafeBufferPointer<UInt8>, _ failure: Failure, to writer: inout Writer) {
        writer.raw(#"{"jsonrpc":"2.0","id":"#)
        writer.raw(id)
        writer.raw(#","error":"#)
        failure.write(to: &writer)
        writer.raw("}")
    }

    /// Appends an error to a message whose id, when it has one, is a value of the line.
    static func error(id: Value?, _ failure: Failure, to writer: inout Writer) {
        if let id {
            error(id: id.rawText, failure, to: &writer)
        } else {
            StaticString("null").withUTF8Buffer { error(id: $0, failure, to: &writer) }
        }
    }
}
