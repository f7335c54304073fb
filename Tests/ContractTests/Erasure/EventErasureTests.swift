import Bureau
import Repositories
import Testing

@Suite("Erased subjects in base C")
struct EventErasureTests {
    @Test("nothing of an erased subject's events stays but the tombstone", arguments: Driver<EventPlace>.all)
    func erasure(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.record([
            try Sample.event("a", at: 1), try Sample.event("b", .cardPurchase, at: 2),
            try Sample.event("c", .bureauQuery, at: 3), try Sample.event("d", of: 2, at: 4),
        ])
        #expect(try await store.hasAnything(of: 1))
        try await store.bury([Sample.tombstone(1)])
        try await store.erase([Sample.token(1)])
        #expect(try await store.latest(1) == LatestEvents())
        #expect(try await store.history(1) == [])
        #expect(try await !store.hasAnything(of: 1))
        #expect(try await store.tombstone(1) == Sample.tombstone(1))
        #expect(try await store.history(2).count == 1, "the neighbour stays")
        #expect(try await store.hasAnything(of: 2))
    }

    @Test("nothing is recorded beside a tombstone", arguments: Driver<EventPlace>.all)
    func refusal(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        try await store.bury([Sample.tombstone(1)])
        let mixed = [try Sample.event("a", at: 1), try Sample.event("b", of: 2, at: 1), try Sample.event("c", at: 2)]
        #expect(try await store.record(mixed) == [.erased, .recorded, .erased])
        var marked = try Sample.event("d", at: 3)
        marked.receipt = Sample.receipt(1)
        #expect(try await store.record([marked]) == [.erased])
        #expect(try await store.receipts([Sample.repeatKey(1, of: 1)]) == [nil])
        #expect(try await store.remove([EventRemoval(token: Sample.token(1), eventID: marked.eventID)]) == [.notFound])
        #expect(try await store.latest(1) == LatestEvents())
        #expect(try await store.history(1) == [])
        #expect(try await !store.hasAnything(of: 1))
    }

    @Test("a history that has been full goes whole", arguments: Driver<EventPlace>.all)
    func fullHistory(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let events = try (0..<300).map { try Sample.event("e\($0)", at: $0) }
        _ = try await store.record(events)
        try await store.bury([Sample.tombstone(1)])
        try await store.erase([Sample.token(1)])
        #expect(try await store.history(1) == [])
        #expect(try await !store.hasAnything(of: 1))
        #expect(try await store.record([events[0]]) == [.erased])
    }

    @Test("an earlier tombstone stays, and erasing again changes nothing", arguments: Driver<EventPlace>.all)
    func repetition(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        try await store.bury([Sample.tombstone(1)])
        try await store.bury([Sample.tombstone(1, note: 1)])
        try await store.erase([Sample.token(1)])
        try await store.erase([Sample.token(1)])
        #expect(try await store.tombstone(1) == Sample.tombstone(1))
    }

    @Test("tombstones are listed in pages, each once", arguments: [Driver<EventPlace>.sqlite])
    func pages(driver: Driver<EventPlace>) async throws {
        try await expectPages(of: try await driver.makePlace().open())
    }

    @Test("a page of tombstones begins where the one before has ended", arguments: Driver<EventPlace>.redis)
    func sharedPages(driver: Driver<EventPlace>) async throws {
        // The tests share a server, so that the list has others' too.
        guard let store = try await driver.makePlace().open() as? PrivateEventStore else { return }
        try await store.bury((1...40).map { Sample.tombstone($0) })
        var listed: [Tombstone] = []
        while true {
            let page = try await store.store.tombstones(after: listed.last?.token, limit: 7)
            listed += page
            if page.count < 7 { break }
        }
        let tokens = listed.map(\.token)
        #expect(tokens == Set(tokens).sorted())
        #expect((1...40).allSatisfy { tokens.contains(store.subjects.exchange(Sample.token($0))) })
    }

    @Test("events and a burial at the same moment leave none", arguments: Driver<EventPlace>.all)
    func race(driver: Driver<EventPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        for subject in 1...20 {
            async let recorded = store.record([try Sample.event("a", of: subject, at: 1)])
            try await store.bury([Sample.tombstone(subject)])
            _ = try await recorded
            try await store.erase([Sample.token(subject)])
            #expect(try await !store.hasAnything(of: subject))
        }
    }
}
