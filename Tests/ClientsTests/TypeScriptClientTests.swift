import Clients
import Contracts
import JSONRPC
import Methods
import Testing

@Suite("TypeScript client")
struct TypeScriptClientTests {
    /// A client of one method with these params and this result.
    private func client(params: String, result: String) throws -> String {
        let contract = #"{"summary": "Tries */ it.", "params": \#(params), "result": \#(result), "errors": []}"#
        let files = [(path: "rpc/thing.try.json", text: Array(contract.utf8))]
        return TypeScriptClient(contracts: try ContractSet(files: files), version: "1").text()
    }

    @Test("there is a method for each contract, and a class for each error")
    func whole() throws {
        let contracts = try ContractSet(files: EmbeddedFile.all.map { ($0.path, $0.bytes) })
        let text = TypeScriptClient(contracts: contracts, version: "1.2.3").text()
        for contract in contracts.contracts { #expect(text.contains("this.client.call(\"\(contract.method)\", ")) }
        for code in ErrorCode.allCases { #expect(text.contains("export class \(code.className) extends ")) }
        // What Node strips types from has nothing but types to strip.
        #expect(!text.contains(/constructor\([^)]*(private|readonly) |\b(enum|namespace) \w+ \{/))
        #expect(text.contains("VERSION = \"1.2.3\";\nexport const CONTRACTS = \"\(contracts.digest)\";\n"))
    }

    @Test("no summary ends its comment")
    func comment() throws {
        #expect(try client(params: #"{"type": "object"}"#, result: "{}").contains("/** Tries * / it. */"))
    }

    @Test("params of which none must be given can be left out")
    func optional() throws {
        let object = #"{"type": "object", "properties": {"pt-BR": {"type": "string"}}}"#
        let text = try client(params: object, result: "{}")
        #expect(text.contains("export interface ThingTryParams {\n    \"pt-BR\"?: string;\n}"))
        #expect(text.contains("async try(params: ThingTryParams = {}, options: CallOptions = {})"))
    }

    @Test(
        "a schema is told as the type of its values",
        arguments: [
            (#"{"type": ["integer", "null"]}"#, "number | null"), (#"{"const": true}"#, "true"),
            (#"{"enum": ["a\"b", 1, null]}"#, #""a\"b" | 1 | null"#), ("{}", "unknown"),
            (#"{"type": "array", "items": {"enum": ["a", "b"]}}"#, #"("a" | "b")[]"#),
            (#"{"type": "object", "additionalProperties": {"type": "string"}}"#, "Record<string, string>"),
            (#"{"anyOf": [{"type": "null"}, {"type": "number"}, {"type": "integer"}]}"#, "number | null"),
        ])
    func types(_ schema: String, _ type: String) throws {
        let text = try client(params: #"{"type": "object"}"#, result: schema)
        #expect(text.contains("async try(options: CallOptions = {}): Promise<\(type)> {\n"))
    }
}
