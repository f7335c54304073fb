import Bureau
import Contracts
import Foundation
import Repositories
import Testing

@testable import StoreDynamoDB

@Suite("DynamoDB: what outlives a profile")
struct DynamoDBRepeatTests {
    /// The present second, as samples count.
    private static var now: Int { Int(Date.now.timeIntervalSince1970) - 1_700_000_000 }

    @Test("a repeat writes the score of a daemon that ended after its receipt", arguments: DynamoDBTable.all)
    func finished(table: DynamoDBTable) async throws {
        let store = try await table.open()
        _ = try await store.put([Sample.put(1)])
        let score = Sample.score(1, of: 1)
        // A deletion takes receipts along that are old.
        let new = Sample.receipt(1, of: 1, at: Self.now, body: [7])
        let life = try #require(try await store.lives(of: [score.token])[score.token]?.get())
        _ = await store.driver.run([store.scoreRequests.keepReceipt(new, of: LivingScore(score, life: life))])
        #expect(try await store.scores(1).isEmpty)
        #expect(try await store.receipts([new.key])[0]?.body == [7])
        #expect(try await store.scores(1) == [ScoreRecord(score)])
        var repeated = Sample.score(2, of: 1)
        repeated.receipt = new
        #expect(try await store.append([repeated]) == [.repeated])
        // Neither in the next life.
        _ = try await store.delete([Sample.deletion(1)])
        _ = try await store.put([Sample.put(1)])
        #expect(try await store.receipts([new.key])[0]?.body == [7])
        #expect(try await store.scores(1).isEmpty)
    }

    @Test("a profile of version 0.1.0 is read, written and deleted", arguments: DynamoDBTable.all)
    func released(table: DynamoDBTable) async throws {
        let store = try await table.open()
        let item = store.requests.request(.putItem) { writer in
            writer.object("Item") { writer in
                ItemKey.profile(of: Sample.token(1)).write(to: &writer)
                writer.decimal("version", 5)
                for name in ["createdAt", "updatedAt"] as [StaticString] { writer.decimal(name, 1_700_000_000_000_000) }
                let write = [UInt8](repeating: 4, count: 16)
                for name in ["life", "lastWrite"] as [StaticString] { writer.binary(name, write) }
                writer.binary("dataKey", Sample.dataKey().bytes)
                writer.text("birthDate", Sample.date(0))
                writer.binary("address", Sample.sealed(1).bytes)
                writer.maps("assets", [Int]()) { _, _ in }
                writer.maps("incomeSources", [Int]()) { _, _ in }
            }
        }
        _ = await store.driver.run([item])
        #expect(try await store.profile(1)?.version == 5)
        guard case .unbound(let sample?) = try await store.keyRingMark() else {
            Issue.record("no profile proves the ring")
            return
        }
        #expect(sample.token == Sample.token(1))
        var put = Sample.put(1, expecting: 5)
        put.receipt = Sample.receipt(1, of: 1)
        #expect(try await store.put([put]) == [.written(version: 6)])
        #expect(try await store.delete([Sample.deletion(1, expecting: 6)]) == [.written(version: 6)])
        #expect(try await store.keyRingMark() == .unbound(nil), "a deleted profile proves no ring")
        #expect(try await store.put([Sample.put(1, expecting: 0)]) == [.written(version: 7)])
    }

    @Test(
        "scores of version 0.1.0, beside the profiles, are read and deleted with the new ones",
        arguments: DynamoDBTable.all)
    func formerScores(table: DynamoDBTable) async throws {
        let store = try await table.open()
        _ = try await store.put([Sample.put(1)])
        let token = Sample.token(1)
        let life = try #require(try await store.lives(of: [token])[token]?.get())
        let former = [1, 3].map { number in
            ScoreRecord(
                scoreID: Sample.id(number), token: token, computedAt: Sample.instant(number),
                content: .points(Sample.formerScore))
        }
        let items = former.map { LivingScore(record: $0, life: life, expiresAt: nil) }
        _ = await store.driver.run([store.requests.put(items)])
        _ = try await store.append([2, 4].map { Sample.score($0, of: 1) })
        let all = [Sample.kept(4, of: 1), former[1], Sample.kept(2, of: 1), former[0]]
        #expect(try await store.scores(1) == all)
        #expect(try await store.scores(1, before: 4, limit: 2) == Array(all[1...2]))
        #expect(try await store.remains(of: [token]) == [true])
        _ = try await store.delete([Sample.deletion(1)])
        _ = try await store.put([Sample.put(1)])
        #expect(try await store.scores(1).isEmpty)
        let old = Sample.receipt(9, of: 1, at: Self.now, body: [7])
        let score = LivingScore(
            record: former[0], life: try #require(try await store.lives(of: [token])[token]?.get()), expiresAt: nil)
        _ = await store.driver.run([store.requests.keepReceipt(old, of: score)])
        #expect(try await store.receipts([old.key])[0]?.body == [7])
        #expect(try await store.scores(1) == [former[0]])
        try await store.bury([Sample.tombstone(1)])
        try await store.erase([token])
        #expect(try await store.remains(of: [token]) == [false])
    }

    @Test("the table of scores is not taken back while it has scores", arguments: DynamoDBTable.all)
    func scoresDown(table: DynamoDBTable) async throws {
        let store = try await table.open()
        _ = try await store.put([Sample.put(1)])
        _ = try await store.append([Sample.score(1, of: 1)])
        let (migrator, count) = (try table.migrator(), MigrationStep.dynamoDB().countBack(to: "0008"))
        let error = #expect(throws: MigrationError.self) { try migrator.down(count) { _ in } }
        #expect("\(String(describing: error))".contains("scores with their inputs: 1"))
        try migrator.up(nil) { _ in }
        _ = try await store.delete([Sample.deletion(1)])
        try migrator.down(count) { _ in }
        try migrator.up(nil) { _ in }
        _ = try await store.append([Sample.score(2, of: 1)])
        #expect(try await store.scores(1).isEmpty)
    }

    @Test("the way down counts scores that are hidden, and their receipts", arguments: DynamoDBTable.all)
    func hiddenScoresDown(table: DynamoDBTable) async throws {
        let store = try await table.open()
        _ = try await store.put([Sample.put(1)])
        _ = try await store.append([Sample.score(9, of: 1)])
        let (migrator, count) = (try table.migrator(), MigrationStep.dynamoDB().countBack(to: "0013"))
        try migrator.down(count) { _ in }
        try migrator.up(nil) { _ in }
        _ = try await store.append([Sample.hiddenScore(1, of: 1, at: Self.now)])
        func refusal() throws -> String? {
            let error = #expect(throws: MigrationError.self) { try migrator.down(count) { _ in } }
            guard case .failed(.b, "0013_hidden_scores", let reason) = error else { return nil }
            return reason
        }
        let receipts = "receipts of scores with hidden times: 1"
        #expect(try refusal() == "this would be lost: scores with hidden times: 1, \(receipts)")
        _ = try await store.delete([Sample.deletion(1)])
        #expect(try refusal() == "this would be lost: \(receipts)")
    }

    @Test("the way down names what would be lost, and goes when nothing would", arguments: DynamoDBTable.all)
    func down(table: DynamoDBTable) async throws {
        let store = try await table.open()
        var put = Sample.put(2)
        put.receipt = Sample.receipt(1, of: 2, at: Self.now)
        var abroad = Sample.put(3)
        abroad.addressLayout = 2
        _ = try await store.put([Sample.put(1), put, abroad])
        _ = try await store.delete([Sample.deletion(1)])
        let migrator = try table.migrator()
        let count = MigrationStep.dynamoDB().countBack(to: "0002")
        let error = #expect(throws: MigrationError.self) { try migrator.down(count) { _ in } }
        guard case .failed(.b, "0002_receipts", let reason) = error else {
            Issue.record("another failure: \(String(describing: error))")
            return
        }
        let receipts = "receipts of repeatable writes that are younger than 7 days: 1"
        let addresses = "profiles with an address that the former program cannot read: 1"
        #expect(reason == "this would be lost: versions of deleted profiles: 1, \(addresses), \(receipts)")
        let other = try await DynamoDBTable(name: table.name, endpoint: table.endpoint).opened()
        try other.migrator().down(count) { _ in }
        #expect(
            try other.migrator().status().map { $0.appliedAt != nil } == [true] + [Bool](repeating: false, count: count)
        )
        try other.migrator().up(nil) { _ in }
        #expect(try other.migrator().status().allSatisfy { $0.appliedAt != nil })
    }
}

/// A table of its own on one server.
struct DynamoDBTable: Sendable, CustomTestStringConvertible {
    let name: String
    let endpoint: String
    private let url: String
    private let environment = ProcessInfo.processInfo.environment

    init(name: String, endpoint: String) {
        self.name = name
        self.endpoint = endpoint
        url = "dynamodb://contract-\(UUID().uuidString)?endpoint=\(endpoint)&region=sa-east-1&connections=4&timeout=60"
    }

    var testDescription: String { name }

    /// A table on each server that runs.
    static var all: [DynamoDBTable] {
        let environment = ProcessInfo.processInfo.environment
        return [("moto", "CREDITD_TEST_DYNAMODB"), ("stand-in", "CREDITD_TEST_DYNAMODB_STAND_IN")]
            .compactMap { name, variable in environment[variable].map { DynamoDBTable(name: name, endpoint: $0) } }
    }

    func migrator() throws -> DynamoDBMigrator {
        try DynamoDBMigrator(url: url, steps: MigrationStep.dynamoDB(), environment: environment)
    }

    /// Makes the table.
    func opened() async throws -> DynamoDBTable {
        _ = try await open()
        return self
    }

    /// Makes the table, and opens it.
    func open() async throws -> DynamoDBProfileStore {
        try migrator().up(nil) { _ in }
        return try await DynamoDBProfileStore(url: url, steps: MigrationStep.dynamoDB(), environment: environment)
    }
}
