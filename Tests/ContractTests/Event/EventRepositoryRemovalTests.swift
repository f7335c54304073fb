import Bureau
import Repositories
import Testing

@Suite("Base C: removal, figures and repeats")
struct EventRepositoryRemovalTests {
    private func removal(_ id: String, of subject: Int = 1, _ receipt: NewReceipt? = nil) throws -> EventRemoval {
        EventRemoval(token: Sample.token(subject), eventID: try #require(EventID(id)), receipt: receipt)
    }

    @Test("after a removal, latest and history are as if the event had never been", arguments: Driver<EventPlace>.all)
    func removed(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let events = try (1...4).map { try Sample.event("e-\($0)", at: $0) }
        let other = try Sample.event("other", .cardPurchase, at: 9)
        _ = try await store.record(events + [other])
        #expect(
            try await store.remove([
                try removal("e-4"), try removal("e-4"), try removal("e-2"), try removal("e-1", of: 2),
            ]) == [.removed, .notFound, .removed, .notFound])
        #expect(try await store.history(1) == [other, events[2], events[0]])
        #expect(
            try await store.latest(1) == LatestEvents(movement: events[2].body, cardPurchase: other.body))

        // A removed identifier is free, for other content too.
        let new = try Sample.event("e-4", at: 8)
        #expect(try await store.record([new]) == [.recorded])
        #expect(try await store.latest(1).movement == new.body[...])
        for id in ["e-1", "e-3", "e-4", "other"] { #expect(try await store.remove([try removal(id)]) == [.removed]) }
        #expect(try await store.latest(1) == LatestEvents())
        #expect(try await store.history(1).isEmpty)
        #expect(try await store.record([events[0]]) == [.recorded])
        #expect(try await store.history(1) == [events[0]])
    }

    @Test("a full history has room for one more after a removal", arguments: Driver<EventPlace>.all)
    func fullHistory(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let most = EventHistory.maximumEvents
        let events = try (1...(most + 10)).map { try Sample.event("e-\($0)", at: $0) }
        _ = try await store.record(events)
        #expect(try await store.remove([try removal("e-\(most + 10)"), try removal("e-20")]) == [.removed, .removed])
        #expect(try await store.latest(1).movement == events[most + 8].body[...])
        let more = try (1...3).map { try Sample.event("f-\($0)", at: 1000 + $0) }
        #expect(try await store.record(more) == [.recorded, .recorded, .recorded])
        let kept = events.filter { !["e-\(most + 10)", "e-20"].contains($0.eventID.text) } + more
        #expect(try await store.history(1) == kept.suffix(most).reversed())
    }

    @Test("what a full history has dropped stays out when removals make room", arguments: Driver<EventPlace>.all)
    func dropped(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let most = EventHistory.maximumEvents
        let events = try (1...(most + 44)).map { try Sample.event("e-\($0)", at: $0) }
        _ = try await store.record(events)
        #expect(
            try await store.remove([try removal("e-\(most + 44)"), try removal("e-45"), try removal("e-46")])
                == [.removed, .removed, .removed])
        let between = try Sample.event("e-44a", at: 44)
        #expect(
            try await store.record([events[43], events[0], try Sample.event("n", at: 2), between, events[44]])
                == [.older, .older, .older, .recorded, .recorded])
        #expect(try await store.record([try Sample.event("e-44a", at: 3), between]) == [.conflict, .duplicate])

        // When all are removed, latest and history are empty, and the dropped ones stay out.
        let left = try await store.history(1)
        #expect(left == events[46..<(most + 43)].reversed() + [events[44], between])
        let removals = left.map { EventRemoval(token: $0.token, eventID: $0.eventID) }
        #expect(try await store.remove(removals) == left.map { _ in .removed })
        #expect(try await store.latest(1) == LatestEvents())
        #expect(try await store.history(1).isEmpty)
        #expect(try await store.record([events[43]]) == [.older])
        // Each kind has its own, and an event that is newer than the dropped ones is taken.
        let purchase = try Sample.event("p", .cardPurchase, at: 1)
        #expect(try await store.record([purchase, between]) == [.recorded, .recorded])
        #expect(try await store.latest(1) == LatestEvents(movement: between.body, cardPurchase: purchase.body))
    }

    @Test("figures come back as they went, and tell a repeat from a conflict", arguments: Driver<EventPlace>.all)
    func figures(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let code = try #require(MerchantCategoryCode("0742"))
        func purchase(_ cents: Int64, _ installments: Int, _ approved: Bool, _ card: String?) -> EventDetails {
            .cardPurchase(
                amount: Money(cents: cents), merchantCategoryCode: code, installments: installments,
                approved: approved, cardLast4: card.flatMap { CardLast4($0) })
        }
        let queries: [EventDetails] =
            Purpose.allCases.map { .bureauQuery(bureau: "A", requester: "São João \u{2028}\u{1F600}", purpose: $0) }
            + [.bureauQuery(bureau: String(repeating: "ç", count: 200), requester: "x")]
        let movements: [EventDetails] = Direction.allCases.flatMap { direction in
            Channel.allCases.map { .movement(direction: direction, amount: Money(cents: 1), channel: $0) }
        }
        let others: [EventDetails] = [
            .movement(direction: .debit, amount: Money(cents: .max), channel: .ted), purchase(0, 1, true, nil),
            purchase(.max, 99, false, "0042"),
        ]
        let events = try (queries + movements + others).enumerated().map { number, details in
            try Sample.event("e-\(number)", at: number, details)
        }
        #expect(try await store.record(events) == Array(repeating: .recorded, count: events.count))
        #expect(try await store.history(1).map(\.body) == events.reversed().map(\.body))
        #expect(try await store.history(1).map(\.kind) == events.reversed().map(\.kind))

        let later = Sample.instant(2_000_000)
        let again = try (queries + movements + others).enumerated().map { number, details in
            try Sample.event("e-\(number)", at: number, recordedAt: later, details)
        }
        #expect(try await store.record(again) == Array(repeating: .duplicate, count: again.count))
        let changed: [EventDetails] = [
            .bureauQuery(bureau: "A", requester: "São João \u{2028}\u{1F600}"),
            .bureauQuery(bureau: "A", requester: "São João \u{2028}\u{1F600}", purpose: Purpose.allCases[0]),
        ]
        #expect(
            try await store.record([
                try Sample.event("e-0", at: 0, changed[0]), try Sample.event("e-1", at: 1, changed[1]),
                try Sample.event("e-\(events.count - 1)", at: events.count - 1, purchase(.max, 9, false, "0042")),
                try Sample.event("e-0", at: 1, changed[1]),
            ]) == [.conflict, .conflict, .conflict, .conflict])

        // What takes the place of a removed event is told with its figures.
        let last = events.count - 1
        #expect(try await store.remove([try removal("e-\(last)")]) == [.removed])
        #expect(
            try await store.latest(1)
                == LatestEvents(
                    bureauQuery: events[queries.count - 1].body, movement: events[last - 2].body,
                    cardPurchase: events[last - 1].body))
    }

    @Test("a receipt is kept with the effect, and a write that has one does nothing", arguments: Driver<EventPlace>.all)
    func receipts(driver: Driver<EventPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        var event = try Sample.event("a", at: 1)
        let new = Sample.receipt(1, digest: 7, body: Array("a".utf8))
        event.receipt = new
        #expect(try await store.receipts([new.key]) == [nil])
        #expect(try await store.record([event, event]) == [.recorded, .repeated])
        var kept = new.receipt
        kept.body += Array("1".utf8)
        #expect(try await place.open().receipts([Sample.receipt(2).key, new.key]) == [nil, kept])

        var duplicate = try Sample.event("a", at: 1)
        duplicate.receipt = Sample.receipt(3, body: Array("a".utf8))
        var conflict = try Sample.event("a", at: 2)
        conflict.receipt = Sample.receipt(4, body: Array("a".utf8))
        #expect(try await store.record([duplicate, conflict]) == [.duplicate, .conflict])
        let found = try await store.receipts([Sample.receipt(3).key, Sample.receipt(4).key])
        #expect(found.map { $0?.body } == [Array("a0".utf8), nil])

        let longest = String(repeating: "x", count: 64)
        _ = try await store.record([try Sample.event(longest, at: 3)])
        let gone = Sample.receipt(5, body: Array(longest.utf8))
        #expect(
            try await store.remove([
                try removal(longest, gone), try removal(longest, gone), try removal(longest, Sample.receipt(6)),
            ])
                == [.removed, .repeated, .notFound])
        #expect(try await store.receipts([gone.key, Sample.receipt(6).key]) == [gone.receipt, nil])
        // The same key of another subject is another key.
        #expect(try await store.receipts([Sample.receipt(1, of: 2).key]) == [nil])
    }
}
