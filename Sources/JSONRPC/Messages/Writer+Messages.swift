import JSON

/// The messages that the daemon sends, each around what a method writes.
extension Writer {
    /// Appends a response with a result (JSON-RPC 2.0 §5), without a line end; `write` appends one JSON value.
    mutating func response(to id: UnsafeBufferPointer<UInt8>, _ write: (inout Writer) -> Void) {
        raw(#"{"jsonrpc":"2.0","id":"#)
        raw(id)
        raw(#","result":"#)
        write(&self)
        raw("}")
    }

    /// Appends a response with an error, without a line end.
    mutating func response(to id: UnsafeBufferPointer<UInt8>, _ failure: Failure) {
        raw(#"{"jsonrpc":"2.0","id":"#)
        raw(id)
        raw(#","error":"#)
        failure.write(to: &self)
        raw("}")
    }

    /// Appends an error response to a message of the line at hand, whose id may be unknown.
    mutating func response(to id: Value?, _ failure: Failure) {
        if let id {
            response(to: id.rawText, failure)
        } else {
            StaticString("null").withUTF8Buffer { response(to: $0, failure) }
        }
    }

    /// Appends the notification `$/progress` as a whole line, in the shape of LSP 3.17's work done progress.
    mutating func progress(_ stage: ProgressStage, token: UnsafeBufferPointer<UInt8>) {
        raw(#"{"jsonrpc":"2.0","method":"$/progress","params":{"token":"#)
        raw(token)
        raw(#","value":"#)
        object { value in
            value.key("kind")
            switch stage {
            case .begin(let title):
                value.string("begin")
                value.key("title")
                value.string(title)
            case .report:
                value.string("report")
                value.key("message")
                value.string("running")
            case .end:
                value.string("end")
            }
        }
        raw("}}\n")
    }
}

/// How far a call is.
enum ProgressStage {
    /// The call was accepted; the title is its method's name.
    case begin(title: String)
    /// The call runs.
    case report
    /// The response comes next.
    case end
}
