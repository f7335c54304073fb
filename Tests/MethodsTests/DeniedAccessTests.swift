import Bureau
import JSON
import JSONRPC
import MemoryStores
import Services
import Testing

@testable import Methods

/// What the audit log has of calls that are answered as forbidden.
@Suite("Denied accesses")
struct DeniedAccessTests {
    /// The params of a method's first example whose params are valid, with a purpose where the method takes one.
    private func params(_ contract: Contract, _ purpose: Purpose?) throws -> String {
        let root = contract.document.root
        let example = try #require(root["examples"]?.elements.first { $0["error"]?["code"]?.int64 != -32602 })
        let takesPurpose = root["params"]?["properties"]?["purpose"] != nil
        return Text { writer in
            writer.object { params in
                for member in example["params"].map({ Array($0.members) }) ?? [] {
                    guard let name = member.key.string, !takesPurpose || name != "purpose" else { continue }
                    params.key(name)
                    params.value(member.value)
                }
                guard takesPurpose, let purpose else { return }
                params.key("purpose")
                params.string(purpose.rawValue)
            }
        }.string
    }

    private func cause(_ answer: Text) throws -> String? {
        try answer.parse { value in
            value["error"]?["code"]?.int64 == 1004 ? value["error"]?["data"]?["cause"]?.string : nil
        }
    }

    @Test("each call that the policy refuses is recorded, whatever the method, and no other", arguments: Role.allCases)
    func policy(role: Role) async throws {
        let served = try ServedMethods(role: role)
        var refused: Set<String> = []
        for contract in served.contracts.contracts where contract.method != "system.metrics" {
            for purpose in [nil, Purpose.creditProtection, .fraudPrevention, .dataSubjectRequest] {
                served.journal.clear()
                for dryRun in [[], [0]] as [Set<Int>] {
                    let call = (contract.method, try params(contract, purpose))
                    if try cause(try await served.serve([call], dryRun: dryRun)[0]) != nil {
                        refused.insert(contract.method)
                        let records = served.journal.records
                        #expect(records.map(\.outcome) == [.denied], "\(contract.method) \(dryRun)")
                        #expect(records.map(\.method) == [contract.method])
                        #expect(records.map(\.actor.role) == [role])
                    } else {
                        let records = served.journal.records
                        #expect(!records.contains { $0.outcome == .denied }, "\(contract.method) \(dryRun)")
                    }
                    served.journal.clear()
                }
            }
        }
        #expect(!refused.isEmpty, "\(role)")
        #expect(refused.contains("key.status") == (role != .owner))
    }

    @Test("a call that states another purpose or requester than the process's is recorded with what it states")
    func fixed() async throws {
        let served = try ServedMethods(fixedPurpose: .judicialOrder, fixedRequester: "Vara 1")
        var count = 0
        for contract in served.contracts.contracts {
            guard contract.document.root["params"]?["properties"]?["purpose"] != nil,
                contract.document.root["access"]?["shows"] != nil
            else { continue }
            served.journal.clear()
            let answer = try await served.serve([(contract.method, try params(contract, .fraudPrevention))])[0]
            #expect(try cause(answer) == "fixed", "\(contract.method): \(answer.string)")
            let record = try #require(served.journal.records.first, "\(contract.method)")
            #expect(record.outcome == .denied && record.method == contract.method)
            #expect(record.purpose == .fraudPrevention && record.groups == contract.groups.shows)
            #expect(served.journal.records.count == 1)
            count += 1
        }
        #expect(count >= 10)
        served.journal.clear()
        _ = try await served.serve([("event.latest", #"{"cpf":"52998224725","requester":"Vara 2"}"#)])
        let record = try #require(served.journal.records.first)
        #expect(record.outcome == .denied && record.purpose == .judicialOrder && record.requester == "Vara 2")
        #expect(record.subjects.count == 1, "the subject is told")
    }

    @Test("params without the purpose that is due are invalid, which is no access")
    func unstated() async throws {
        let served = try ServedMethods(role: .creditAnalyst)
        let answer = try await served.serve([("person.get", #"{"cpf":"52998224725"}"#)])[0]
        #expect(try answer.parse { $0["error"]?["code"]?.int64 } == -32602)
        #expect(served.journal.records.isEmpty)
    }

    @Test("what a block, an erasure or a dispute forbids has a record, too")
    func states() async throws {
        let served = try ServedMethods()
        let cpf = #""cpf":"39053344705""#
        func forbidden(_ method: String, _ members: String) async throws -> (cause: String?, outcomes: [AuditOutcome]) {
            served.journal.clear()
            let before = await served.persons.audits.count
            let answer = try await served.serve([(method, "{\(cpf)\(members)}")])[0]
            let records = await served.persons.audits.dropFirst(before) + served.journal.records
            return (try cause(answer), records.filter { $0.method == method }.map(\.outcome))
        }
        let address = #"{"postalCode":"01310100","street":"Rua A","number":"1","district":"B","city":"C","state":"SP"}"#
        let person = #","name":"João","birthDate":"1984-02-29","address":\#(address)"#
        let event =
            #","kind":"movement","occurredAt":"2026-01-02T00:00:00Z","direction":"credit","amountCents":1,"#
            + #""channel":"pix""#
        let profile = #","birthDate":"1984-02-29","address":\#(address),"assets":[],"incomeSources":[]"#
        #expect(try await forbidden("person.create", person).cause == nil)
        _ = try await forbidden("subject.block", "")
        let blocked = try await forbidden("person.get", #","purpose":"credit_protection""#)
        #expect(blocked.cause == "blocked" && blocked.outcomes == [.denied])
        _ = try await forbidden("subject.unblock", "")
        _ = try await forbidden("subject.erase", #","reason":"subject_request""#)
        for (method, members) in [
            ("person.create", person), ("event.record", event), ("profile.put", profile), ("cadastro.cancel", ""),
        ] {
            let erased = try await forbidden(method, members)
            #expect(erased.cause == "erased", "\(method)")
            #expect(erased.outcomes.contains(.granted), "\(method): the policy grants it, and the store refuses")
        }
    }
}
