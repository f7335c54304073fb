import JSON

/// One example of a contract, as schema/README.md describes it: some calls, then a call with its answer.
public struct ContractExample {
    /// A call, and which of its params come from earlier answers.
    public struct Call {
        public let method: String
        public let params: Value
        /// JSON Pointers: into the params, and into the array of the results of the calls before.
        public let takes: [(target: String, source: String)]
    }

    public enum Answer {
        case result(Value)
        /// The code, and `data.reason` or the reason of the first violation.
        case error(code: Int, reason: String)
    }

    public let name: String
    /// Calls that come first, in order, and succeed.
    public let given: [Call]
    public let call: Call
    public let answer: Answer
    /// JSON Pointers to what of the result is different each time.
    public let varies: [String]

    /// Nil when the example is not as the README describes.
    init?(_ example: Value, of method: String) {
        guard let name = example["name"]?.string, let call = Self.call(example, of: method) else { return nil }
        if let result = example["result"] {
            answer = .result(result)
        } else if let code = example["error"]?["code"]?.int64, let reason = example["error"]?["reason"]?.string {
            answer = .error(code: Int(code), reason: reason)
        } else {
            return nil
        }
        self.name = name
        self.call = call
        given = (example["given"].map { Array($0.elements) } ?? []).compactMap {
            Self.call($0, of: $0["method"]?.string)
        }
        varies = example["varies"].map { $0.elements.compactMap(\.string) } ?? []
    }

    private static func call(_ call: Value, of method: String?) -> Call? {
        guard let method, let params = call["params"] else { return nil }
        let takes = (call["takes"].map { Array($0.members) } ?? []).compactMap { item in
            item.key.string.flatMap { target in item.value.string.map { (target: target, source: $0) } }
        }
        return Call(method: method, params: params, takes: takes)
    }
}

extension Contract {
    /// The examples, in the file's order.
    public var examples: [ContractExample] {
        (document.root["examples"].map { Array($0.elements) } ?? []).compactMap { ContractExample($0, of: method) }
    }
}
