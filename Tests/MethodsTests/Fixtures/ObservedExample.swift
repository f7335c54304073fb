import Bureau
import JSON
import MemoryStores
import Repositories
import Testing

@testable import Methods

/// One example of a contract after it was served over bases in memory.
struct ObservedExample: Sendable {
    let method: String
    let name: String
    /// The code and reason of the expected error; nil where a result is expected.
    let expectedError: (code: Int64, reason: String)?
    /// The bases that the call read and wrote.
    let reads: Bases
    let writes: Bases
    /// The methods that the audit log has for the call.
    let audited: [String]
    let response: Text
    /// Whether a store was asked to write a subject twice in a call, when the example's call came twice at once.
    let repeatsSubject: Bool

    /// Every example of every contract.
    static let all = Task {
        let served = try ServedMethods()
        var examples: [ObservedExample] = []
        for contract in served.contracts.contracts {
            for example in contract.document.root["examples"].map({ Array($0.elements) }) ?? [] {
                examples.append(try await ObservedExample(example, of: contract.method, on: served))
            }
        }
        return examples
    }

    private init(_ example: Value, of method: String, on served: ServedMethods) async throws {
        self.method = method
        name = example["name"]?.string ?? ""
        expectedError = try example["error"].map { error in
            (try #require(error["code"]?.int64), try #require(error["reason"]?.string))
        }
        let call = (method, try await Self.prepare(example, on: served))
        let before = (await served.persons.use, await served.profiles.use, await served.events.use)
        let auditsBefore = await served.persons.audits.count
        response = try #require(try await served.serve([call]).first)
        let after = (await served.persons.use, await served.profiles.use, await served.events.use)
        reads = Bases(
            after.0.reads > before.0.reads, after.1.reads > before.1.reads, after.2.reads > before.2.reads)
        writes = Bases(
            after.0.writes > before.0.writes, after.1.writes > before.1.writes, after.2.writes > before.2.writes)
        audited = await served.persons.audits.dropFirst(auditsBefore).map(\.method)
        if !writes.isEmpty {
            let twice = (method, try await Self.prepare(example, on: served))
            _ = try await served.serve([twice, twice])
        }
        let (persons, profiles) = (await served.persons.use, await served.profiles.use)
        repeatsSubject = persons.hasRepeatedSubject || profiles.hasRepeatedSubject
    }

    /// Empties the bases, serves what the example is given, and returns the params of its call.
    private static func prepare(_ example: Value, on served: ServedMethods) async throws -> String {
        await served.persons.clear()
        await served.profiles.clear()
        await served.events.clear()
        var results: [Text] = []
        for call in example["given"].map({ Array($0.elements) }) ?? [] {
            let method = try #require(call["method"]?.string)
            results += try await served.serve([(method, try params(of: call, taking: results))])
        }
        return try params(of: example, taking: results)
    }

    /// The params of a call, with the values that it takes from the results of the calls before it.
    private static func params(of call: Value, taking results: [Text]) throws -> String {
        var params = try text(of: call["params"])
        for taken in call["takes"].map({ Array($0.members) }) ?? [] {
            let target = try #require(taken.key.string?.dropFirst())
            let placeholder = call["params"]?.members.first { $0.key.string == String(target) }?.value.string
            let source = try #require(taken.value.string).split(separator: "/")
            let response = results[try #require(source.first.flatMap { Int($0) })]
            let value = try response.parse { response in
                source.dropFirst().reduce(response["result"]) { value, step in
                    guard let value else { return nil }
                    if value.kind == .object { return value.members.first { $0.key.string == String(step) }?.value }
                    return Int(step).flatMap { Array(value.elements).dropFirst($0).first }
                }?.string
            }
            params.replace(try #require(placeholder), with: try #require(value))
        }
        return params
    }

    private static func text(of params: Value?) throws -> String {
        String(decoding: try #require(params).rawText, as: UTF8.self)
    }
}

extension Bases {
    fileprivate init(_ a: Bool, _ b: Bool, _ c: Bool) {
        self.init((a ? [.a] : []) + (b ? [.b] : []) + (c ? [.c] : []))
    }
}
