extension Tree {
    /// Whether it is a response and nothing else (JSON-RPC 2.0 §5), with a reason when it is an error.
    package var isResponse: Bool {
        let keys = members.map(\.key).sorted()
        guard self["jsonrpc"]?.string == "2.0" else { return false }
        guard let error = self["error"] else { return keys == ["id", "jsonrpc", "result"] }
        guard case .number? = error["code"], error["message"]?.string != nil else { return false }
        return keys == ["error", "id", "jsonrpc"] && error["data"]?["reason"]?.string != nil
    }

    /// Whether it is a notification of progress and nothing else.
    var isProgress: Bool {
        members.map(\.key).sorted() == ["jsonrpc", "method", "params"] && self["jsonrpc"]?.string == "2.0"
            && self["method"]?.string == "$/progress"
    }

    /// Whether it is a line that a daemon may write.
    var isAnswer: Bool {
        if case .array(let responses) = self { return !responses.isEmpty && responses.allSatisfy(\.isResponse) }
        return isResponse || isProgress
    }
}
