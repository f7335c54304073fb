import Conformance
import JSON

/// A request as a test sends it.
struct Request: Sendable {
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

    /// A request line as it stands in a file.
    init(line: some Collection<UInt8>) throws {
        let tree = try Tree(line)
        self.init(
            id: tree["id"].map { "\($0)" } ?? "null", tree["method"]?.string ?? "", tree["params"] ?? .object([]))
    }

    var line: [UInt8] {
        Array(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#.utf8) + [0x0A]
    }
}
