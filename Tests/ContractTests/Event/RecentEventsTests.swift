import Bureau
import Repositories
import Testing

@Suite("Base C: the events since an instant")
struct RecentEventsTests {
    private static let details: [EventDetails] = [
        .bureauQuery(bureau: "Serasa", requester: "Loja", purpose: .creditApplication),
        .movement(direction: .debit, amount: Money(cents: 5), channel: .cash),
    ]

    private func ask(
        _ store: any EventRepository, _ subjects: [Int], _ kinds: [EventKind] = EventKind.allCases, since second: Int,
        now: Int = 1000
    ) async throws -> [RecentEvents] {
        try await store.recent(
            subjects.map {
                RecentEventsQuery(
                    token: Sample.token($0), kinds: kinds, since: Sample.instant(second), now: Sample.instant(now))
            })
    }

    /// What a store tells of events: the figures, or else the body. The identifiers are those of `recorded`, by time.
    private func told(_ recent: RecentEvents, of recorded: some Sequence<EventRecord>) throws -> Set<String> {
        try Set(
            recent.events.map { event in
                let body: [UInt8]
                switch event.content {
                case .details(let details, let recordedAt):
                    let id = try #require(recorded.first { $0.occurredAt == event.occurredAt }).eventID
                    body = Sample.body(Event(eventID: id, occurredAt: event.occurredAt, details: details), recordedAt)
                case .body(let place): body = Array(recent.bodies[place])
                }
                return "\(event.kind) \(event.occurredAt) " + String(decoding: body, as: UTF8.self)
            })
    }

    private func expected(_ events: some Sequence<EventRecord>) -> Set<String> {
        Set(events.map { "\($0.kind) \($0.occurredAt) " + String(decoding: $0.body, as: UTF8.self) })
    }

    @Test("all events of the kinds are told, later than the instant, each subject's", arguments: Driver<EventPlace>.all)
    func since(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let events = try (0..<20).map { try Sample.event("e-\($0)", at: $0, Self.details[$0 % 2]) }
        let other = try Sample.event("e-1", of: 2, at: 9, Self.details[1])
        _ = try await store.record(events.shuffled() + [other])
        let found = try await ask(store, [1, 3, 2], since: 9)
        #expect(try told(found[0], of: events) == expected(events[10...]))
        #expect(found[1].events.isEmpty && found[2].events.isEmpty)
        let movements = try await ask(store, [1, 2], [.movement], since: 8)
        #expect(try told(movements[0], of: events) == expected(events[9...].filter { $0.kind == .movement }))
        #expect(try told(movements[1], of: [other]) == expected([other]))
        for kind in EventKind.allCases { #expect(found[0].completeAfter[kind] == .first) }
        #expect(try await store.recent([]).isEmpty)
    }

    @Test("a full history is complete after its oldest event, or what was dropped", arguments: Driver<EventPlace>.all)
    func truncated(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let most = EventHistory.maximumEvents
        let events = try (0..<most).map { try Sample.event("e-\($0)", at: $0, Self.details[1]) }
        _ = try await store.record(events + [try Sample.event("q", at: 3, Self.details[0])])
        var found = try await ask(store, [1], since: -1)[0]
        #expect(found.events.count == most + 1)
        // Something older would have been refused.
        #expect(found.completeAfter[.movement] == Sample.instant(0))
        #expect(found.completeAfter[.bureauQuery] == .first && found.completeAfter[.cardPurchase] == .first)
        // The part of a full history says nothing of the time before it.
        #expect(try await ask(store, [1], since: 0)[0].completeAfter[.movement] == .first)

        _ = try await store.record(try (0..<5).map { try Sample.event("f-\($0)", at: 900 + $0, Self.details[1]) })
        #expect(try await ask(store, [1], since: 100)[0].completeAfter[.movement] == Sample.instant(4))
        // Room does not bring back what was dropped.
        _ = try await store.remove([EventRemoval(token: Sample.token(1), eventID: events[9].eventID)])
        found = try await ask(store, [1], since: -1)[0]
        #expect(found.events.count == most && found.completeAfter[.movement] == Sample.instant(4))
    }

    @Test("bureau queries beyond 256 are complete for the days that all are kept", arguments: Driver<EventPlace>.all)
    func queries(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let most = EventHistory.maximumEvents
        let queries = try (0..<(most + 1)).map { try Sample.event("q-\($0)", at: $0, Self.details[0]) }
        _ = try await store.record(queries)
        let found = try await ask(store, [1], since: -1)[0]
        #expect(found.events.count == most + 1)
        #expect(found.completeAfter[.bureauQuery] == EventHistory.keptSince(at: Sample.instant(1000)))
    }
}
