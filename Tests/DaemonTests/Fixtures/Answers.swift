import JSON

/// What a daemon wrote to stdout, checked to be answers and nothing else.
struct Answers {
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// In the order in which they were written; a batch's answer is one array.
    let all: [Tree]
    /// The answers that are no batches, by the text of their ids.
    let byID: [String: Tree]

    init(_ output: [UInt8]) throws {
        guard output.isEmpty || output.last == 0x0A else {
            throw Malformed(description: "the output does not end in LF: \(Self.text(output.suffix(200)))")
        }
        try self.init(lines: output.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false))
    }

    init(lines: [ArraySlice<UInt8>]) throws {
        var all: [Tree] = []
        var byID: [String: Tree] = [:]
        for line in lines where !(lines.count == 1 && line.isEmpty) {
            guard let answer = try? Tree(line) else { throw Malformed(description: "not JSON: \(Self.text(line))") }
            let parts = if case .array(let parts) = answer { parts } else { [answer] }
            guard !parts.isEmpty, parts.allSatisfy(Self.isResponse) else {
                throw Malformed(description: "not a response: \(Self.text(line))")
            }
            all.append(answer)
            if case .object = answer, let id = answer["id"], id != .null {
                guard byID.updateValue(answer, forKey: "\(id)") == nil else {
                    throw Malformed(description: "a second answer to id \(id)")
                }
            }
        }
        self.all = all
        self.byID = byID
    }

    /// The result of the request with this id; nil when it has none.
    func result(_ id: String) -> Tree? { byID[id]?["result"] }

    /// JSON-RPC 2.0 §5: these members and no others.
    private static func isResponse(_ answer: Tree) -> Bool {
        let keys = answer.members.map(\.key).sorted()
        guard answer["jsonrpc"]?.string == "2.0" else { return false }
        guard let error = answer["error"] else { return keys == ["id", "jsonrpc", "result"] }
        guard case .number? = error["code"], error["message"]?.string != nil else { return false }
        return keys == ["error", "id", "jsonrpc"] && error["data"]?["reason"]?.string != nil
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(300), as: UTF8.self)
    }
}
