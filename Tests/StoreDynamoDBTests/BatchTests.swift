import Bureau
import JSON
import Repositories
import Seeds
import Synchronization
import Testing

@testable import StoreDynamoDB

@Suite("Items of one call")
struct BatchTests {
    private static let tokens = (1...5).compactMap { SubjectToken(bytes: Array(repeating: UInt8($0), count: 32)) }

    @Test("that the server leaves over are asked again alone, and those that were read are answered")
    func leftOver() async throws {
        // The last key is never processed.
        let table = try FakeTable { keys in (read: keys.filter { $0 != Self.tokens[4] }, isRefused: false) }
        defer { table.stop() }
        let results = try await table.store().read(Self.tokens)
        #expect(try results.prefix(4).map { try $0.get()?.version } == [7, 7, 7, 7])
        guard case .failure(.unavailable(.b, let reason, _)) = results[4] else {
            Issue.record("the last is \(results[4])")
            return
        }
        #expect(reason.cause == .throttled && reason.code == "UnprocessedKeys")
        #expect(table.batches.first?.count == 5)
        #expect(table.batches.count > 2 && table.batches.dropFirst().allSatisfy { $0 == [Self.tokens[4]] })
    }

    @Test("that the server leaves over once are all answered")
    func leftOverOnce() async throws {
        let isFirst = Mutex(true)
        let table = try FakeTable { keys in
            let wasFirst = isFirst.withLock { first in
                defer { first = false }
                return first
            }
            return (read: wasFirst ? [] : keys, isRefused: false)
        }
        defer { table.stop() }
        let results = try await table.store().read(Self.tokens)
        #expect(try results.map { try $0.get()?.version } == [7, 7, 7, 7, 7])
        #expect(table.batches.map(\.count) == [5, 5])
    }

    @Test("that the server refuses are asked in halves, so that one fails alone")
    func refused() async throws {
        let table = try FakeTable { keys in (read: keys, isRefused: keys.contains(Self.tokens[2])) }
        defer { table.stop() }
        let results = try await table.store().read(Self.tokens)
        for (index, result) in results.enumerated() {
            if index == 2 {
                #expect(result == .failure(.corrupt(.b)))
            } else {
                #expect(try result.get()?.version == 7)
            }
        }
    }

    @Test("of which all fail alike make the call fail, which is never of an unknown outcome when it reads")
    func allFail() async throws {
        let table = try FakeTable { _ in (read: [], isRefused: false) }
        defer { table.stop() }
        let store = try await table.store()
        await #expect {
            try await store.read(Self.tokens)
        } throws: { error in
            if case .unavailable(.b, let reason, _) = error as? StoreError { reason.cause == .throttled } else { false }
        }
    }
}

/// A table whose every subject has a profile. A closure decides what becomes of a batch of keys.
private final class FakeTable: Sendable {
    private let endpoint: FakeEndpoint

    init(_ serve: @escaping @Sendable ([SubjectToken]) -> (read: [SubjectToken], isRefused: Bool)) throws {
        endpoint = try FakeEndpoint { request in
            guard request.headers["x-amz-target"]?.hasSuffix("BatchGetItem") == true else {
                return FakeEndpoint.response("200 OK", "{}")
            }
            let keys = Self.keys(request.body)
            let (read, isRefused) = serve(keys)
            if isRefused {
                return FakeEndpoint.response("400 Bad Request", #"{"__type":"x#ValidationException","message":"x"}"#)
            }
            return FakeEndpoint.response("200 OK", Self.answer(read, unprocessed: keys.filter { !read.contains($0) }))
        }
    }

    /// The keys of each batch that was asked for.
    var batches: [[SubjectToken]] {
        endpoint.requests.filter { $0.headers["x-amz-target"]?.hasSuffix("BatchGetItem") == true }
            .map { Self.keys($0.body) }
    }

    func store() async throws -> DynamoDBProfileStore {
        try await DynamoDBProfileStore(
            url: "dynamodb://tab?endpoint=\(endpoint.url)&region=sa-east-1&timeout=30", steps: [],
            environment: ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET"])
    }

    func stop() { endpoint.stop() }

    private static func keys(_ body: String) -> [SubjectToken] {
        let keys = try? withObject(in: Array(body.utf8)) { (request) throws(MalformedItem) in
            var keys: [SubjectToken] = []
            for key in request["RequestItems"]?["tab"]?["Keys"].map({ Array($0.elements) }) ?? [] {
                if let token = SubjectToken(bytes: try ItemReader(members: key).bytes("pk")) { keys.append(token) }
            }
            return keys
        }
        return keys ?? []
    }

    private static func answer(_ read: [SubjectToken], unprocessed: [SubjectToken]) -> String {
        var writer = Writer()
        writer.object { writer in
            writer.object("Responses") { writer in
                writer.key("tab")
                writer.array { writer in
                    for token in read {
                        writer.object { writer in
                            ItemKey.profile(of: token).write(to: &writer)
                            writer.decimal("version", 7)
                            writer.binary("life", [3])
                            writer.decimal("createdAt", 0)
                            writer.decimal("updatedAt", 0)
                            writer.binary("dataKey", [1])
                            writer.binary("address", [2])
                            writer.text("birthDate", CalendarDate.first)
                            writer.maps("assets", [Int]()) { _, _ in }
                            writer.maps("incomeSources", [Int]()) { _, _ in }
                        }
                    }
                }
            }
            writer.object("UnprocessedKeys") { writer in
                if unprocessed.isEmpty { return }
                writer.object("tab") { writer in
                    writer.key("Keys")
                    writer.array { writer in
                        for token in unprocessed {
                            writer.object { ItemKey.profile(of: token).write(to: &$0) }
                        }
                    }
                }
            }
        }
        return String(decoding: writer.take(), as: UTF8.self)
    }
}
