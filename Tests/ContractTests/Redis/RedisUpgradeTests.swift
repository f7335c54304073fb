import Bureau
import Repositories
import Testing

@testable import StoreRedis

@Suite("Base C on Redis as version 0.1.0 left it")
struct RedisUpgradeTests {
    private let subjects = PrivateSubjects()

    private static let details: [EventDetails] = [
        .bureauQuery(bureau: "Serasa", requester: "Loja \"1\""),
        .movement(direction: .credit, amount: Money(cents: 5), channel: .pix),
        .movement(direction: .debit, amount: Money(cents: 6), channel: .ted),
    ]

    /// Events that were recorded without a time of recording.
    private func events(_ count: Int = 9, of subject: Int = 1) throws -> [EventRecord] {
        try (0..<count).map { number in
            var event = try Sample.event("e-\(number)", of: subject, at: number, Self.details[number % 3])
            event.body = Sample.body(
                Event(eventID: event.eventID, occurredAt: event.occurredAt, details: Self.details[number % 3]), nil)
            return event
        }
    }

    private func open(_ url: String) async throws -> PrivateEventStore {
        PrivateEventStore(store: try await RedisServers.open(url), subjects: subjects)
    }

    @Test("a read of the latest rewrites the subject, and loses nothing", arguments: RedisServers.plain)
    func latest(url: String) async throws {
        let events = try events()
        try FormerLayout(url: url, subjects: subjects).record(events)
        let store = try await open(url)
        let new = try Sample.event("new", of: 2, at: 1)
        _ = try await store.record([new])
        let latest = try await store.latest([Sample.token(2), Sample.token(1), Sample.token(3)])
        #expect(
            latest == [
                LatestEvents(movement: new.body), LatestEvents(bureauQuery: events[6].body, movement: events[8].body),
                LatestEvents(),
            ])
        let keys = ["latest", "history", "events"].map { RedisServers.key(subjects.exchange(Sample.token(1)), $0) }
        let types = try RedisServers.ask(
            url, ["TYPE", keys[0]], ["TYPE", keys[1]], ["TTL", keys[0]], ["TTL", keys[2]])
        #expect(types[..<2] == [.text("string"), .text("none")])
        #expect(types[2...].allSatisfy { (1...(9 * 86_400)).contains($0.integer ?? 0) })
        #expect(try await store.latest(1) == latest[1])
        #expect(try await store.history(1).map(\.body) == events.reversed().map(\.body))
    }

    @Test("a history, a recording or a removal rewrites the subject as well", arguments: RedisServers.plain)
    func others(url: String) async throws {
        let former = FormerLayout(url: url, subjects: subjects)
        let store = try await open(url)
        for subject in 1...3 { try former.record(try events(of: subject)) }
        let events = try events()
        #expect(try await store.history(1, limit: 4).map(\.body) == events.suffix(4).reversed().map(\.body))

        let new = try Sample.event("new", of: 2, at: 100)
        #expect(try await store.record([new]) == [.recorded])
        #expect(try await store.latest(2) == LatestEvents(bureauQuery: events[6].body, movement: new.body))
        #expect(try await store.history(2).map(\.body) == [new.body] + events.reversed().map(\.body))

        let last = EventRemoval(token: Sample.token(3), eventID: events[8].eventID)
        #expect(try await store.remove([last]) == [.removed])
        #expect(try await store.latest(3) == LatestEvents(bureauQuery: events[6].body, movement: events[7].body))
        #expect(try await store.history(3).map(\.body) == events.dropLast().reversed().map(\.body))
    }

    @Test("an event that was recorded before is a repeat, with other content a conflict", arguments: RedisServers.plain)
    func repeats(url: String) async throws {
        try FormerLayout(url: url, subjects: subjects).record(try events())
        let store = try await open(url)
        let again = try (0..<9).map { try Sample.event("e-\($0)", at: $0, Self.details[$0 % 3]) }
        #expect(try await store.record(again) == Array(repeating: .duplicate, count: 9))
        #expect(
            try await store.record([
                try Sample.event("e-1", at: 1, Self.details[2]), try Sample.event("e-1", at: 2, Self.details[1]),
            ]) == [.conflict, .conflict])
    }

    @Test("the newest of a kind that the history had lost is in the history of its kind", arguments: RedisServers.plain)
    func survivor(url: String) async throws {
        let rare = try Sample.event("rare", .cardPurchase, at: 0, body: "{\"rare\":1}")
        let many = try (1...300).map { try Sample.event("e-\($0)", at: $0) }
        try FormerLayout(url: url, subjects: subjects).record([rare] + many)
        let store = try await open(url)
        #expect(try await store.latest(1) == LatestEvents(movement: many.last?.body, cardPurchase: rare.body))
        #expect(try await store.history(1, .cardPurchase) == [rare])
        #expect(try await store.history(1, .movement) == many.suffix(256).reversed())
        let newer = try Sample.event("newer", at: 400)
        #expect(try await store.record([newer, many[0]]) == [.recorded, .older])
        #expect(try await store.history(1, .movement) == (many + [newer]).suffix(256).reversed())
    }

    @Test("events of any year keep their microseconds", arguments: RedisServers.plain)
    func farTimes(url: String) async throws {
        let times: [Int64] = [
            -62_135_596_800_000_000, -62_135_596_799_999_999, -1_000_001, -1, 0, 1, 1_764_403_984_123_456,
            9_007_199_254_740_993, 253_402_300_799_999_999,
        ]
        let events = try times.enumerated().map { number, time in
            var event = try Sample.event("e-\(number)", at: 0)
            event.occurredAt = try #require(Instant(microsecondsSinceEpoch: time))
            return event
        }
        try FormerLayout(url: url, subjects: subjects).record(events)
        let store = try await open(url)
        #expect(try await store.history(1) == events.reversed())
        #expect(try await store.latest(1).movement == events.last?.body[...])
    }
}
