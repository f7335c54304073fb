import Bureau
import Contracts
import JSON
import JSONSchema
import Services
import Testing

@testable import JSONRPC
@testable import Methods

@Suite("ContractSet")
struct ContractSetTests {
    let served: ServedMethods

    init() throws {
        served = try ServedMethods()
    }

    @Test("each method of the table has a contract, and each contract a method")
    func agrees() {
        #expect(served.table.entries.map(\.name).sorted() == served.contracts.contracts.map(\.method))
        #expect(Set(served.table.entries.map(\.name)).count == served.table.entries.count)
    }

    @Test("each method is found by its name")
    func finds() throws {
        for (index, entry) in served.table.entries.enumerated() {
            #expect(try Text("\"\(entry.name)\"").parse { served.table.index(of: $0) } == index)
            #expect(try Text("\"\(entry.name)x\"").parse { served.table.index(of: $0) } == nil)
            #expect(try Text("\"\(entry.name)x\"").parse { served.table.suggestion(for: $0) } == entry.name)
        }
    }

    @Test("each contract lists reasons of error codes, and none of them twice")
    func errors() {
        let reasons = Set(ErrorCode.allCases.filter { $0.rawValue > 0 }.map(\.reason))
        for contract in served.contracts.contracts {
            #expect(reasons.isSuperset(of: contract.errors), "\(contract.method)")
            #expect(Set(contract.errors).count == contract.errors.count, "\(contract.method)")
            #expect(contract.summary.hasSuffix("."), "\(contract.method)")
        }
    }

    @Test("the schemas of all results compile")
    func results() throws {
        for contract in served.contracts.contracts {
            #expect(throws: Never.self, "\(contract.method)") {
                _ = try served.registry.compile(contract.path, at: "/result")
            }
        }
    }

    @Test("each contract about a person says what its method shows, changes, or which duty it is part of")
    func access() throws {
        let policy = try served.contracts.policy()
        for contract in served.contracts.contracts where contract.document.root["params"]?["properties"]?["cpf"] != nil
        {
            let groups = contract.groups
            #expect(
                !groups.shows.isEmpty || !groups.changes.isEmpty || groups.duty != nil, "\(contract.method)")
            #expect(groups.shows.isEmpty || !policy.purposes(for: groups.shows).isEmpty, "\(contract.method)")
        }
    }

    @Test("the policy names every role and each purpose with its legal basis, and knows every name")
    func policy() throws {
        let file = try served.contracts.policyFile()
        #expect(Set(file.roles.map(\.role)) == Set(Role.allCases))
        #expect(Set(file.purposes.map(\.purpose)) == Set(Purpose.allCases))
        #expect(file.purposes.allSatisfy { $0.basis.hasPrefix("LGPD art.") && !$0.description.isEmpty })
        for (text, reason) in [
            (#"{"purposes":{}}"#, "no legal basis for credit_protection"),
            (#"{"purposes":{"x":{}}}"#, "x is no Purpose"),
        ] {
            let error = #expect(throws: ContractSet.LoadError.self) {
                _ = try ContractSet(files: [("policy.json", Array(text.utf8))]).policy()
            }
            #expect(error?.description == "policy.json: \(reason)")
        }
    }

    @Test("the error of a file that is not JSON names its path and place")
    func notJSON() {
        let error = #expect(throws: ContractSet.LoadError.self) {
            _ = try ContractSet(files: [("rpc/a.json", Array("{\"summary\": }".utf8))])
        }
        #expect(error?.description == "rpc/a.json: unexpected_byte at byte 12")
    }

    @Test("the error of an unknown keyword or reference names its file", arguments: ["patterns", "$ref"])
    func unknownKeyword(keyword: String) throws {
        let contract = "{\"params\": {\"type\": \"object\", \"\(keyword)\": \"nowhere.json\"}}"
        let error = #expect(throws: ContractSet.LoadError.self) {
            _ = try ContractSet(files: [("rpc/a.json", Array(contract.utf8))])
        }
        #expect(error?.description.contains("rpc/a.json") == true)
    }

    @Test("other files are ignored, and a missing or malformed scorecard is an error")
    func files() throws {
        let set = try ContractSet(files: [
            ("sqlite/a/1.sql", Array("CREATE".utf8)), ("README.md", []), ("rpc/a.txt", []), ("other/a.json", []),
        ])
        #expect(set.contracts.isEmpty)
        #expect(throws: ContractSet.LoadError.self) { _ = try set.params(of: "a") }
        #expect(throws: ContractSet.LoadError.self) { _ = try set.champion() }
        var files = EmbeddedFile.all.filter { $0.path != "scorecards/default.json" }.map { ($0.path, $0.bytes) }
        files.append(("scorecards/default.json", Array(#"{"model": "m", "version": 0}"#.utf8)))
        let broken = try ContractSet(files: files)
        let error = #expect(throws: ContractSet.LoadError.self) { _ = try broken.champion() }
        #expect(error?.description.hasPrefix("scorecards/default.json: #") == true)
    }
}
