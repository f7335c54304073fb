import Contracts
import JSON
import JSONSchema
import Methods
import Transcripts

/// One file of `schema/rpc/` with its examples, as schema/README.md describes them.
struct ContractFile: Sendable {
    /// One example: some calls, and the answer to the last one.
    struct Example: Sendable {
        let name: String
        let given: [(method: String, params: Tree, takes: [(target: String, source: String)])]
        let params: Tree
        let takes: [(target: String, source: String)]
        let varies: [String]
        let expected: Expected
    }

    enum Expected: Sendable {
        case result(Tree)
        case error(code: String, reason: String)
    }

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    let method: String
    let examples: [Example]

    /// The files in the test binary, sorted by method.
    static let all = Result {
        try EmbeddedFile.all.filter { $0.path.hasPrefix("rpc/") }.sorted { $0.path < $1.path }.map { file in
            try ContractFile(
                method: String(file.path.dropFirst("rpc/".count).dropLast(".json".count)), tree: Tree(file.bytes))
        }
    }

    private init(method: String, tree: Tree) throws {
        self.method = method
        examples = try (tree["examples"]?.elements ?? []).map { example in
            guard let name = example["name"]?.string, let params = example["params"] else {
                throw Malformed(description: "\(method): an example without name or params")
            }
            return Example(
                name: name,
                given: (example["given"]?.elements ?? []).map {
                    ($0["method"]?.string ?? "", $0["params"] ?? .null, Self.takes(of: $0))
                },
                params: params,
                takes: Self.takes(of: example),
                varies: (example["varies"]?.elements ?? []).compactMap(\.string),
                expected: try Self.expected(of: example, named: "\(method): \(name)"))
        }
    }

    private static func takes(of call: Tree) -> [(target: String, source: String)] {
        (call["takes"]?.members ?? []).map { ($0.key, $0.value.string ?? "") }
    }

    private static func expected(of example: Tree, named name: String) throws -> Expected {
        switch (example["result"], example["error"]) {
        case (let result?, nil):
            return .result(result)
        case (nil, let error?):
            guard let code = error["code"], let reason = error["reason"]?.string else { break }
            return .error(code: "\(code)", reason: reason)
        default:
            break
        }
        throw Malformed(description: "\(name) needs either a result or an error of code and reason")
    }

    /// The schema of this method's results.
    func resultSchema() throws -> Schema {
        var registry = SchemaRegistry(formats: BureauFormats.all)
        for file in EmbeddedFile.all where file.path.hasPrefix("types/") || file.path == "rpc/\(method).json" {
            try registry.register(try Document(file.bytes), at: file.path)
        }
        return try registry.compile("rpc/\(method).json", at: "/result")
    }
}
