import Bureau
import JSON
import JSONRPC
import Testing

@testable import Methods

@Suite("The methods of the bureau")
struct MethodTableTests {
    private let served: ServedMethods

    init() throws {
        served = try ServedMethods()
    }

    /// The methods about a person, by their contracts.
    private var aboutSubjects: [Method] {
        served.methods.filter { method in
            let contract = served.contracts.contracts.first { $0.method == method.name }
            guard let params = contract?.document.root["params"] else { return false }
            let branches = params["oneOf"].map { Array($0.elements) } ?? []
            return ([params] + branches).contains { $0["properties"]?["cpf"] != nil }
        }
    }

    @Test("a method declares the bases that its examples read and write, and no other")
    func footprints() async throws {
        let examples = try await ObservedExample.all.value
        for method in served.methods {
            let own = examples.filter { $0.method == method.name }
            let reads = own.reduce(into: Bases()) { $0.formUnion($1.reads) }
            let writes = own.reduce(into: Bases()) { $0.formUnion($1.writes) }
            // A block is written to base A, and changes what reads of every base answer.
            let isBlock = ["subject.block", "subject.unblock"].contains(method.name)
            let all: Bases = [.a, .b, .c]
            let declaredWrites = Bases(rawValue: method.footprint.writes).subtracting(.log)
            #expect(declaredWrites == (isBlock ? all : writes), "\(method.name)")
            // A write keeps its order with everything that a read does, so a base that is written may be read too.
            let declared = Bases(rawValue: method.footprint.reads).subtracting(.log)
            #expect(declared.isSubset(of: reads) && reads.isSubset(of: declared.union(writes)), "\(method.name)")
        }
    }

    @Test("what tells of accesses to a person keeps its order with every other call about the person")
    func tellingAccesses() {
        let telling = aboutSubjects.filter { Bases(rawValue: $0.footprint.writes).contains(.log) }
        #expect(Set(telling.map(\.name)) == ["audit.list", "subject.sharing"])
        for method in aboutSubjects {
            #expect(telling.allSatisfy { $0.footprint.conflicts(with: method.footprint) }, "\(method.name)")
        }
    }

    @Test("a method goes ahead of the others when its examples ask base C alone, or when it tells the stores' health")
    func urgency() async throws {
        let examples = try await ObservedExample.all.value
        for method in aboutSubjects {
            let bases = examples.filter { $0.method == method.name }
                .reduce(into: Bases()) { $0.formUnion($1.reads.union($1.writes)) }
            #expect(method.isUrgent == (bases == .c), "\(method.name)")
        }
        #expect(served.methods.contains { $0.name == "system.health" && $0.isUrgent })
    }

    @Test("the audit log has a call under the name of its method")
    func audits() async throws {
        let examples = try await ObservedExample.all.value
        for example in examples {
            #expect(example.audited.allSatisfy { $0 == example.method }, "\(example.method): \(example.name)")
            if example.reads.contains(.a) || (example.writes.contains(.a) && example.expectedError == nil) {
                // The end of an erasure is an entry of its own.
                let isTask = example.method == "subject.erase"
                #expect(
                    isTask ? example.audited.count >= 1 : example.audited.count == 1,
                    "\(example.method): \(example.name)")
            }
        }
        #expect(examples.contains { !$0.audited.isEmpty })
    }

    @Test("an example gets a result or its error, and a result is not longer than its method expects")
    func answers() async throws {
        let subjects = Set(aboutSubjects.map(\.name))
        for example in try await ObservedExample.all.value {
            let name = "\(example.method): \(example.name)"
            try example.response.parse { response in
                let error = response["error"]
                #expect(error?["code"]?.int64 == example.expectedError?.code, "\(name)")
                if let expected = example.expectedError, expected.code != -32602 {
                    #expect(error?["data"]?["reason"]?.string == expected.reason, "\(name)")
                }
            }
            let method = try #require(served.methods.first { $0.name == example.method })
            if subjects.contains(method.name), example.expectedError == nil {
                #expect(example.response.bytes.count <= method.answerSize.least, "\(name)")
            }
        }
    }

    @Test("a repository that asks for different subjects never gets a subject twice in a writing call")
    func repeats() async throws {
        for example in try await ObservedExample.all.value {
            let isRepeated = example.repeatsSubject
            #expect(!isRepeated, "\(example.method): \(example.name)")
        }
    }

    @Test("a method about a person takes the person as its subject, masked or not, and no other method has a subject")
    func subjects() throws {
        let subjects = Set(aboutSubjects.map(\.name))
        #expect(subjects.count > 15)
        for method in served.methods {
            for cpf in ["52998224725", "529.982.247-25"] {
                let subject = try Text(#"{"cpf":"\#(cpf)"}"#).parse { method.subject(of: $0) }
                #expect(subject == (subjects.contains(method.name) ? 52_998_224_725 : nil), "\(method.name)")
            }
            #expect(try Text("{}").parse { method.subject(of: $0) } == nil, "\(method.name)")
        }
    }
}
