import Bureau
import Repositories
import Testing

@Suite("Base C: recording and the newest of each kind")
struct EventRepositoryTests {
    @Test("the newest event of each kind is told, nil where there is none", arguments: Driver<EventPlace>.all)
    func latest(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let events = [
            try Sample.event("a", .bureauQuery, at: 1), try Sample.event("b", .movement, at: 2),
            try Sample.event("c", .cardPurchase, at: 3), try Sample.event("d", .movement, at: 4),
            try Sample.event("e", of: 2, .cardPurchase, at: 1, body: "{\"ção\":\"\\u2028\"}"),
        ]
        let outcomes = try await store.record(events)
        #expect(outcomes == Array(repeating: .recorded, count: 5))
        let latest = try await store.latest([Sample.token(2), Sample.token(9), Sample.token(1)])
        #expect(
            latest == [
                LatestEvents(cardPurchase: events[4].body),
                LatestEvents(),
                LatestEvents(bureauQuery: events[0].body, movement: events[3].body, cardPurchase: events[2].body),
            ])
    }

    @Test(
        "the newest wins in any order of arrival, ties by the bytes of the identifier",
        arguments: Driver<EventPlace>.all)
    func newestWins(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        // At the same instant: "Z" < "_" < "a" < "aa" < "b" by bytes.
        let events = [
            try Sample.event("zz", at: 1), try Sample.event("Z", at: 2), try Sample.event("_", at: 2),
            try Sample.event("a", at: 2), try Sample.event("aa", at: 2), try Sample.event("b", at: 2),
        ]
        let newestFirst = Array(events.reversed())
        for (index, order) in [events, newestFirst, [2, 5, 0, 4, 1, 3].map { events[$0] }].enumerated() {
            for (inOneBatch, offset) in [(true, 0), (false, 10)] {
                let subject = index + 1 + offset
                let own = order.map { event in
                    var event = event
                    event.token = Sample.token(subject)
                    return event
                }
                let batches = inOneBatch ? [own] : own.map { [$0] }
                for batch in batches { _ = try await store.record(batch) }
                let latest = try await store.latest(subject)
                #expect(latest == LatestEvents(movement: events[5].body))
                let history = try await store.history(subject)
                #expect(history.map(\.eventID) == newestFirst.map(\.eventID))
            }
        }
    }

    @Test(
        "an event that is there already is a duplicate, another of its identifier a conflict, and the first stands",
        arguments: Driver<EventPlace>.all)
    func duplicates(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let first = try Sample.event("a", at: 1)
        let outcomes = try await store.record([
            first, try Sample.event("a", .cardPurchase, at: 9), try Sample.event("b", at: 2),
            try Sample.event("a", of: 2, at: 1),
        ])
        #expect(outcomes == [.recorded, .conflict, .recorded, .recorded])
        let again = try await store.record([
            try Sample.event("c", at: 3), first, try Sample.event("a", at: 8), try Sample.event("a", at: 1, body: "{}"),
            try Sample.event("a", .bureauQuery, at: 1),
        ])
        #expect(again == [.recorded, .duplicate, .conflict, .conflict, .conflict])

        let history = try await store.history(1)
        #expect(history == [try Sample.event("c", at: 3), try Sample.event("b", at: 2), first])
        let latest = try await store.latest(1)
        #expect(latest == LatestEvents(movement: try Sample.event("c", at: 3).body))
    }

    @Test("empty batches have no outcomes and batches of a thousand have a thousand", arguments: Driver<EventPlace>.all)
    func sizes(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        #expect(try await store.record([]).isEmpty)
        #expect(try await store.latest([]).isEmpty)
        #expect(try await store.history([]).isEmpty)

        let subjects = 1...1000
        let events = try subjects.map { try Sample.event("e-\($0)", of: $0, .bureauQuery, at: $0) }
        #expect(try await store.record(events) == Array(repeating: .recorded, count: 1000))
        #expect(try await store.record(events) == Array(repeating: .duplicate, count: 1000))
        let latest = try await store.latest(subjects.map { Sample.token($0) })
        #expect(latest == events.map { LatestEvents(bureauQuery: $0.body) })
        let histories = try await store.history(
            subjects.map { HistoryQuery(token: Sample.token($0), kind: nil, before: nil, limit: 5) })
        #expect(histories == events.map { [$0] })
    }
}
