import Conformance

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
            guard !parts.isEmpty, parts.allSatisfy(\.isResponse) else {
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

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(300), as: UTF8.self)
    }
}
