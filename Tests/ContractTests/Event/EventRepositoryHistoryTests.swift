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
        "the history of a kind keeps the newest events and the oldest go, in one batch or in many",
        arguments: Driver<EventPlace>.all)
    func bounded(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let most = EventHistory.maximumEvents
        let rare = try Sample.event("rare", .cardPurchase, at: -1)
        let events = try (0..<(most + 40)).map { try Sample.event("e-\($0)", at: $0) }
        let outcomes = try await store.record([rare] + events.shuffled())
        #expect(outcomes.allSatisfy { $0 == .recorded || $0 == .older })
        #expect(try await store.history(1, .movement) == events.suffix(most).reversed())
        // Another kind pushes nothing out.
        #expect(try await store.history(1, .cardPurchase) == [rare])
        #expect(try await store.latest(1).cardPurchase == rare.body[...])

        let more = try (0..<5).map { try Sample.event("f-\($0)", at: 10_000 + $0) }
        for event in more { #expect(try await store.record([event]) == [.recorded]) }
        #expect(try await store.history(1, .movement) == (events + more).suffix(most).reversed())
        #expect(try await store.history(1).count == most + 1)
    }

    @Test("what is older than a full history is told so and changes nothing", arguments: Driver<EventPlace>.all)
    func older(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let events = try (1...EventHistory.maximumEvents).map { try Sample.event("e-\($0)", at: $0) }
        _ = try await store.record(events)
        let first = try Sample.event("first", at: 0)
        #expect(try await store.record([first]) == [.older])
        #expect(try await store.record([first, events[3]]) == [.older, .duplicate])
        #expect(try await store.history(1) == events.reversed())
        #expect(try await store.latest(1).movement == events.last?.body[...])

        // Between two that are kept: the oldest makes room.
        let between = try Sample.event("x", at: 9)
        #expect(try await store.record([between]) == [.recorded])
        let kept = try await store.history(1)
        #expect(kept.count == EventHistory.maximumEvents)
        #expect(kept.contains(between) && !kept.contains(events[0]))
        #expect(try await store.record([events[0]]) == [.older])

        // With room again, an event is taken that is newer than the dropped one.
        #expect(try await store.remove([EventRemoval(token: Sample.token(1), eventID: between.eventID)]) == [.removed])
        let next = try Sample.event("f", at: 1)
        #expect(try await store.record([first, events[0], next]) == [.older, .older, .recorded])
        #expect(try await store.history(1).last == next)
    }

    @Test("bureau queries of the last 185 days are all kept, older ones up to 256", arguments: Driver<EventPlace>.all)
    func queries(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let now = Sample.instant(0)
        let (most, day) = (EventHistory.maximumEvents, Int64(86_400_000_000))
        let since = now.microsecondsSinceEpoch - Int64(EventHistory.queryDays) * day
        func query(_ number: Int, _ microseconds: Int64) throws -> EventRecord {
            var event = try Sample.event("q-\(number)", .bureauQuery, at: 0)
            event.occurredAt = try #require(Instant(microsecondsSinceEpoch: microseconds))
            event.recordedAt = now
            event.body = event.body.dropLast() + Array(",\"recordedAt\":\"\(now)\"}".utf8)
            return event
        }
        let recent = try (0..<(2 * most)).map { try query($0, since + day + Int64($0)) }
        #expect(try await store.record(recent.shuffled()) == Array(repeating: .recorded, count: 2 * most))
        #expect(try await store.record([try query(9999, since - day)]) == [.older])
        #expect(try await store.history(1).map(\.eventID) == recent.reversed().map(\.eventID))

        let few = try (0..<3).map { number in
            var event = try query(number, since - day - Int64(number))
            event.token = Sample.token(2)
            return event
        }
        #expect(try await store.record(few) == Array(repeating: .recorded, count: 3))
        #expect(try await store.history(2).map(\.eventID) == few.map(\.eventID))
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
