import Bureau
import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: base C of version 0.1.0")
struct SQLiteEventMigrationTests {
    private let path: String
    private let former = Array(MigrationStep.embedded(.c).prefix(2))

    /// A file as that version left it: a history of all kinds, and a newest event that the history had lost.
    init() throws {
        path = try TemporaryFolder().path("c.db")
        try SQLiteMigrator(.c, path: path, steps: former).up(nil) { _ in }
        let (kept, lost) = try Self.events()
        try DatabaseQueue(path: path).write { db in
            for event in kept { try Self.insert(event, into: "event", db) }
            for event in [kept[6], kept[7], lost] { try Self.insert(event, into: "latest_event", db) }
        }
    }

    /// Eight events that the history has, and one that only the newest of each kind has.
    private static func events() throws -> (kept: [EventRecord], lost: EventRecord) {
        let kinds: [EventKind] = [.bureauQuery, .movement]
        return (
            try (0..<8).map { try Sample.event("e-\($0)", kinds[$0 % 2], at: 10 + $0) },
            try Sample.event("lost", .cardPurchase, at: 1)
        )
    }

    private static func insert(_ event: EventRecord, into table: String, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO \(table) (token, occurred_at, event_id, kind, body) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                Data(event.token.bytes), event.occurredAt.microsecondsSinceEpoch, event.eventID.text,
                event.kind.rawValue, Data(event.body),
            ])
    }

    @Test("opening the file migrates it, and every event is in the history of its kind")
    func opening() async throws {
        let (kept, lost) = try Self.events()
        let store = try SQLiteEventStore(path: path, migrations: MigrationStep.embedded(.c))
        #expect(try await store.history(1) == kept.reversed() + [lost])
        #expect(
            try await store.latest(1)
                == LatestEvents(bureauQuery: kept[6].body, movement: kept[7].body, cardPurchase: lost.body))
        #expect(try await store.record([kept[3], try Sample.event("e-3", at: 99)]) == [.duplicate, .conflict])
        let removal = EventRemoval(token: Sample.token(1), eventID: lost.eventID)
        #expect(try await store.remove([removal]) == [.removed])
        #expect(try await store.latest(1).cardPurchase == nil)
    }

    @Test("the way down names what would be lost, and takes nothing back")
    func loss() async throws {
        let steps = MigrationStep.embedded(.c)
        let store = try SQLiteEventStore(path: path, migrations: steps)
        let migrator = SQLiteMigrator(.c, path: path, steps: steps)
        func refusal() throws -> String? {
            let error = #expect(throws: MigrationError.self) { try migrator.down(steps.countBack(to: "0003")) { _ in } }
            try migrator.up(nil) { _ in }
            guard case .failed(.c, "0003_event_kind", let reason) = error else { return nil }
            return reason
        }
        let more = try (0..<250).map { try Sample.event("m-\($0)", at: 100 + $0) }
        _ = try await store.record(more)
        #expect(try refusal() == "this would be lost: events beyond the newest 256 of a subject: 3")
        var event = try Sample.event("r", of: 2, at: 1)
        event.receipt = Sample.receipt(1, of: 2, at: Int(Date.now.timeIntervalSince1970) - 1_700_000_000)
        _ = try await store.record([event])
        let receipts = "receipts of repeatable writes that are younger than 7 days: 1"
        #expect(try refusal() == "this would be lost: events beyond the newest 256 of a subject: 3, \(receipts)")
        let removals = more.prefix(3).map { EventRemoval(token: $0.token, eventID: $0.eventID) }
        _ = try await store.remove(removals)
        #expect(try refusal() == "this would be lost: \(receipts)")
        #expect(try await store.history(1).count == 256)
    }

    @Test("the step goes down and up again, with every event")
    func down() async throws {
        let steps = MigrationStep.embedded(.c)
        let migrator = SQLiteMigrator(.c, path: path, steps: steps)
        try migrator.up(nil) { _ in }
        try migrator.down(steps.countBack(to: "0003")) { _ in }
        let columns = try await DatabaseQueue(path: path).read { db in
            try String.fetchAll(db, sql: "SELECT name FROM pragma_index_info('event_order') ORDER BY seqno")
        }
        #expect(columns == ["token", "occurred_at", "event_id"])
        let (kept, lost) = try Self.events()
        #expect(try await SQLiteEventStore(path: path, migrations: steps).history(1) == kept.reversed() + [lost])
    }
}
