import Foundation
import Seeds
import Testing
import Transcripts

/// The description of the methods that the daemon gives.
@Suite("OpenRPC")
struct OpenRPCTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func document() throws -> Tree {
        let outcome = try ChildProcess.creditd(["openrpc"], in: scratch).finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        return try Tree(outcome.output)
    }

    @Test("openrpc and rpc.discover give the same document, and openrpc makes no home")
    func sameDocument() throws {
        let document = try document()
        #expect(!FileManager.default.fileExists(atPath: scratch.home))
        let request = try TestRequest(id: 1, "rpc.discover")
        #expect(try Responses(ChildProcess.serve(request.line, in: scratch).output).result("1") == document)
    }

    @Test("the document has the method of every contract, with params, result and errors")
    func methods() throws {
        let methods = try document()["methods"]?.elements ?? []
        let contracts = try ContractFile.all.get()
        #expect(methods.compactMap { $0["name"]?.string } == contracts.map(\.method))
        for method in methods {
            let name = method["name"]?.string ?? ""
            for member in ["summary", "params", "result", "errors", "examples"] {
                #expect(method[member] != nil, "\(name) has no \(member)")
            }
            for parameter in method["params"]?.elements ?? [] {
                #expect(parameter["name"]?.string != nil && parameter["schema"] != nil, "\(name): \(parameter)")
            }
            for error in method["errors"]?.elements ?? [] {
                #expect(error["code"] != nil && error["message"] != nil, "\(name): \(error)")
            }
        }
    }

    @Test("every reference in the document leads to a part of the document")
    func references() throws {
        let document = try document()
        var count = 0
        func follow(_ value: Tree) {
            for element in value.elements { follow(element) }
            for member in value.members {
                if member.key == "$ref", let reference = member.value.string {
                    count += 1
                    let target = document.value(at: String(reference.dropFirst()))
                    #expect(reference.hasPrefix("#") && target != nil, "\(reference)")
                }
                follow(member.value)
            }
        }
        follow(document)
        #expect(count > 0)
    }

    /// Needs Python with jsonschema, and OpenRPC's meta-schema.
    @Test("the document meets OpenRPC's meta-schema")
    func metaSchema() throws {
        guard let schema = try SharedFiles.url("openrpc/meta-schema-1.3.json") else { return }
        let path = try scratch.write(text: "\(try document())", to: "openrpc.json")
        let program = """
            import json, sys
            try:
                import jsonschema, referencing
            except ImportError:
                sys.exit(77)
            external = ("https://meta.json-schema.tools", referencing.Resource.opaque(True))
            external_slash = ("https://meta.json-schema.tools/", referencing.Resource.opaque(True))
            registry = referencing.Registry().with_resources([external, external_slash])
            schema, document = (json.load(open(path)) for path in sys.argv[1:])
            validator = jsonschema.Draft7Validator(schema, registry=registry)
            errors = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]
            print("\\n".join(errors[:10]))
            sys.exit(1 if errors else 0)
            """
        let outcome = try ChildProcess.start(
            "/usr/bin/env", ["python3", "-c", program, schema.path, path], in: scratch
        ).finish()
        switch outcome.exitReason {
        case .exited(0): break
        case .exited(77), .exited(127): Absence(description: "Python with jsonschema").record()
        default: Issue.record("\(outcome.text)\(outcome.errorText)")
        }
    }
}
