import JSON
import Transcripts

/// The output of a daemon, checked to hold nothing but responses.
struct Responses {
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// The responses in the order of the output; the answer to a batch is one array.
    let all: [Tree]
    /// The responses outside of batches, by the text of their ids.
    let byID: [String: Tree]

    init(_ output: [UInt8]) throws {
        guard output.isEmpty || output.last == 0x0A else {
            throw Malformed(description: "the output does not end in LF: \(Self.text(output.suffix(200)))")
        }
        try self.init(lines: output.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false))
    }

    init<Line: Collection<UInt8>>(lines: [Line]) throws {
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

    private static func text(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes.prefix(300), as: UTF8.self)
    }
}

/// A request that a test sends.
struct TestRequest: Sendable {
    /// Its JSON text.
    let id: String
    let method: String
    let params: Tree

    init(id: String, _ method: String, _ params: Tree) {
        self.id = id
        self.method = method
        self.params = params
    }

    /// `params` is JSON.
    init(id: Int, _ method: String, _ params: String = "{}") throws {
        self.init(id: "\(id)", method, try Tree(Array(params.utf8)))
    }

    /// Parses a line of a file.
    init(line: some Collection<UInt8>) throws {
        let tree = try Tree(line)
        self.init(
            id: tree["id"].map { "\($0)" } ?? "null", tree["method"]?.string ?? "", tree["params"] ?? .object([]))
    }

    var line: [UInt8] {
        Array(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#.utf8) + [0x0A]
    }
}
