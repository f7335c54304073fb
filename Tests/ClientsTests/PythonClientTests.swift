import Clients
import Contracts
import JSONRPC
import Methods
import Testing

@Suite("Python client")
struct PythonClientTests {
    private let contracts: ContractSet
    private let text: String

    init() throws {
        contracts = try ContractSet(files: EmbeddedFile.all.map { ($0.path, $0.bytes) })
        text = PythonClient(contracts: contracts, version: "1.2.3").text()
    }

    /// A client of one method with these params and this result.
    private func client(params: String, result: String, types: [String: String] = [:]) throws -> String {
        let contract = #"{"summary": "Tries.", "params": \#(params), "result": \#(result), "errors": []}"#
        let files = [(path: "rpc/thing.try.json", text: Array(contract.utf8))]
        let shared = types.map { (path: "types/\($0).json", text: Array($1.utf8)) }
        return PythonClient(contracts: try ContractSet(files: files + shared), version: "1").text()
    }

    @Test("there is a method for each contract, and a class for each error")
    func whole() {
        for contract in contracts.contracts { #expect(text.contains("\"\(contract.method)\",")) }
        for code in ErrorCode.allCases { #expect(text.contains("class \(code.className)(CreditdError):")) }
        #expect(text.contains("VERSION = \"1.2.3\"\nCONTRACTS = \"\(contracts.digest)\"\n"))
    }

    @Test("words of the language get an underscore as names, and stay what they are on the wire")
    func keywords() throws {
        let object = #"{"type": "object", "required": ["from"], "properties": {"from": {"type": "integer"}}}"#
        let text = try client(params: object, result: object)
        #expect(text.contains("    async def try_(\n        self,\n        *,\n        from_: int,\n"))
        #expect(text.contains("given(from_=from_)"))
        #expect(text.contains("ThingTryResult = TypedDict(\n    \"ThingTryResult\",\n    {\n        \"from\": int,\n"))
    }

    @Test(
        "a schema is told as the type of its values",
        arguments: [
            (#"{"type": ["integer", "null"]}"#, "int | None"), (#"{"const": true}"#, "Literal[True]"),
            (#"{"enum": ["a\"b", 1, null]}"#, #"Literal["a\"b", 1, None]"#), ("{}", "object"),
            (#"{"type": "array", "items": {"type": "number"}}"#, "list[float]"),
            (#"{"type": "object", "additionalProperties": {"type": "string"}}"#, "dict[str, str]"),
            (#"{"anyOf": [{"type": "null"}, {"type": "string"}, {"const": 2}]}"#, "str | Literal[2] | None"),
        ])
    func types(_ schema: String, _ type: String) throws {
        let text = try client(params: #"{"type": "object"}"#, result: schema)
        #expect(text.contains("    ) -> \(type):\n"))
    }

    @Test("a shared type that is named like something of the runtime gets another name")
    func collision() throws {
        let text = try client(
            params: #"{"type": "object"}"#, result: #"{"$ref": "../types/progress.json"}"#,
            types: ["progress": #"{"type": "object", "properties": {"share": {"type": "number"}}}"#])
        #expect(text.contains("class ProgressValue(TypedDict):\n    share: NotRequired[float]\n"))
        #expect(text.contains("    ) -> ProgressValue:\n"))
    }

    @Test("the digest follows what a contract accepts and answers, and not its examples")
    func digest() throws {
        func digest(_ result: String, _ more: String = "") throws -> String {
            let text = #"{"params": {"type": "object"}, "result": \#(result), "errors": []\#(more)}"#
            return try ContractSet(files: [("rpc/thing.try.json", Array(text.utf8))]).digest
        }
        let one = try digest("{}")
        #expect(one.count == 16)
        #expect(try digest("{}", #", "examples": []"#) == one)
        #expect(try digest("true") != one)
    }
}
