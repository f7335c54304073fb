import JSON

/// The notification `$/progress`, in the shape of LSP 3.17's work done progress. A whole line with its end.
enum ProgressLine {
    /// The request was accepted.
    static func begin(_ token: UnsafeBufferPointer<UInt8>, title: String, to writer: inout Writer) {
        line(token, to: &writer) { value in
            value.key("kind")
            value.string("begin")
            value.key("title")
            value.string(title)
        }
    }

    /// The request is being worked on.
    static func report(_ token: UnsafeBufferPointer<UInt8>, to writer: inout Writer) {
        line(token, to: &writer) { value in
            value.key("kind")
            value.string("report")
            value.key("message")
            value.string("running")
        }
    }

    /// The answer comes next.
    static func end(_ token: UnsafeBufferPointer<UInt8>, to writer: inout Writer) {
        line(token, to: &writer) { value in
            value.key("kind")
            value.string("end")
        }
    }

    private static func line(
        _ token: UnsafeBufferPointer<UInt8>, to writer: inout Writer, _ body: (inout Writer) -> Void
    ) {
        writer.raw(#"{"jsonrpc":"2.0","method":"$/progress","params":{"token":"#)
        writer.raw(token)
        writer.raw(#","value":"#)
        writer.object(body)
        writer.raw("}}\n")
    }
}
