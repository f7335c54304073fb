import Bureau
import Repositories
import Testing

@Suite("Base C: histories")
struct EventRepositoryHistoryTests {
    @Test(
        "pages follow each other from the newest to the oldest, also among events of one instant",
        arguments: Driver<EventPlace>.all)
    func pages(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let events = try (10..<35).map { try Sample.event("e-\($0)", at: $0 / 10) }
        _ = try await store.record(events.shuffled())
        _ = try await store.record([try Sample.event("other", of: 2, at: 99)])
        var read: [EventRecord] = []
        for expected in [10, 10, 5, 0] {
            let page = try await store.history(1, before: read.last?.position, limit: 10)
            #expect(page.count == expected)
            read += page
        }
        #expect(read == events.reversed())
    }

    @Test("a history of one kind leaves the others out, page by page", arguments: Driver<EventPlace>.all)
    func kinds(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let events = try (0..<30).map { try Sample.event("e-\($0)", EventKind.allCases[$0 % 3], at: $0) }
        _ = try await store.record(events)
        for kind in EventKind.allCases {
            let expected = Array(events.filter { $0.kind == kind }.reversed())
            let first = try await store.history(1, kind, limit: 6)
            let second = try await store.history(1, kind, before: first.last?.position, limit: 6)
            #expect(first + second == expected)
        }
    }

    @Test(
        "a page before a position that is not there starts below it, and a limit of 0 is empty",
        arguments: Driver<EventPlace>.all)
    func pageEdges(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let events = try [2, 4, 6].map { try Sample.event("m", of: $0, at: $0) }
        _ = try await store.record(try [2, 4, 6].map { try Sample.event("m-\($0)", at: $0) } + events)
        let between = try Sample.event("x", at: 5).position
        #expect(try await store.history(1, before: between).map(\.eventID.text) == ["m-4", "m-2"])
        let tie = try Sample.event("m", at: 4).position
        #expect(try await store.history(1, before: tie).map(\.eventID.text) == ["m-2"])
        #expect(try await store.history(1, before: try Sample.event("a", at: 2).position).isEmpty)
        #expect(try await store.history(1, limit: 0).isEmpty)
        #expect(try await store.history(9).isEmpty)
    }

    @Test(
        "a history keeps the newest events and the oldest go, in one batch or in many",
        arguments: Driver<EventPlace>.all)
    func bounded(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let most = EventHistory.maximumEvents
        let events = try (0..<(most + 40)).map { try Sample.event("e-\($0)", at: $0) }
        let outcomes = try await store.record(events.shuffled())
        #expect(outcomes == Array(repeating: .recorded, count: events.count))
        #expect(try await store.history(1) == events.suffix(most).reversed())

        let more = try (0..<5).map { try Sample.event("f-\($0)", at: 10_000 + $0) }
        for event in more { _ = try await store.record([event]) }
        #expect(try await store.history(1) == (events + more).suffix(most).reversed())
    }

    @Test("the newest of a kind survives the history that has lost it", arguments: Driver<EventPlace>.all)
    func latestSurvives(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let rare = try Sample.event("rare", .cardPurchase, at: 0)
        _ = try await store.record([rare])
        let events = try (1...EventHistory.maximumEvents).map { try Sample.event("e-\($0)", at: $0) }
        _ = try await store.record(events)
        #expect(try await store.history(1, .cardPurchase).isEmpty)
        #expect(try await store.latest(1).cardPurchase == rare.body[...])

        // Older than all that is held: it is taken and goes at once, and is no newer than what is known.
        let older = try Sample.event("older", .cardPurchase, at: -1)
        #expect(try await store.record([older]) == [.recorded])
        #expect(try await store.latest(1).cardPurchase == rare.body[...])
        #expect(try await store.history(1).count == EventHistory.maximumEvents)
    }

    @Test("one subject's full history does not shorten another's", arguments: Driver<EventPlace>.all)
    func subjects(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let quiet = try Sample.event("quiet", of: 2, at: -5)
        let events = try (0...EventHistory.maximumEvents).map { try Sample.event("e-\($0)", at: $0) }
        _ = try await store.record([quiet] + events)
        #expect(try await store.history(2) == [quiet])
    }
}
