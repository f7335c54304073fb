import Bureau
import Repositories
import Testing

@Suite("Base C under other tokens")
struct EventRenamingTests {
    private let everyKind = EventKind.allCases

    /// What is read of a subject, without the token.
    private struct Content: Equatable {
        var latest: LatestEvents
        var history: [EventRecord]
        var completeAfter: InstantsOfKinds
    }

    private func content(_ store: any EventRepository, _ token: SubjectToken) async throws -> Content {
        let query = HistoryQuery(token: token, kind: nil, before: nil, limit: 10_000)
        let recent = RecentEventsQuery(
            token: token, kinds: everyKind, since: .first, now: Sample.instant(1_000_000))
        return Content(
            latest: try await store.latest([token])[0],
            history: try await store.history([query])[0].map { event in
                var event = event
                event.token = Sample.token(0)
                return event
            }, completeAfter: try await store.recent([recent])[0].completeAfter)
    }

    private func event(
        _ id: String, under token: SubjectToken, _ kind: EventKind = .movement, at second: Int
    ) throws -> EventRecord {
        var event = try Sample.event(id, kind, at: second)
        event.token = token
        return event
    }

    @Test(
        "all that is kept of a subject is found under the other token, and nothing under the former",
        arguments: Driver<EventPlace>.all)
    func everything(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let movements = try (0..<300).map { try Sample.event("m-\($0)", at: $0) }
        let others = try (0..<9).map { try Sample.event("o-\($0)", everyKind[$0 % 3], at: 500 + $0) }
        var marked = try Sample.event("r", .bureauQuery, at: 600)
        marked.receipt = Sample.receipt(1)
        for part in [movements, others, [marked]] { _ = try await store.record(part) }
        _ = try await store.record([try Sample.event("n", of: 2, at: 1)])
        let (subject, neighbour) = (Sample.rename(1), Sample.token(2))
        let before = try await content(store, subject.from)
        #expect(before.history.count > 256 && before.latest.cardPurchase != nil)

        // Once more is the same as once.
        for _ in 0..<2 {
            try await store.rename([subject, Sample.rename(3)])
            #expect(try await content(store, subject.to) == before)
            #expect(try await store.remains(of: [subject.from, subject.to, neighbour]) == [false, true, true])
            #expect(try await content(store, subject.from).history == [])
            #expect(try await store.latest([subject.from]) == [LatestEvents()])
        }
        // What was dropped stays out, and what is kept is known.
        #expect(
            try await store.record([
                event("m-0", under: subject.to, at: 0), event("m-299", under: subject.to, at: 299),
                event("m-299", under: subject.to, at: 298), event("new", under: subject.to, at: 700),
            ]) == [.older, .duplicate, .conflict, .recorded])

        try await store.moveAll([subject])
        let keys = [subject.from, subject.to].map { RepeatKey(token: $0, key: Sample.id(1)) }
        let receipts = try await store.receipts(keys)
        #expect(receipts[0] == nil && receipts[1]?.digest == marked.receipt?.receipt.digest)
        marked.token = subject.to
        marked.receipt?.key.token = subject.to
        #expect(try await store.record([marked]) == [.repeated])
    }

    @Test("an erased subject stays erased", arguments: Driver<EventPlace>.all)
    func erased(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let subject = Sample.rename(1)
        _ = try await store.record([try Sample.event("a", at: 1)])
        try await store.bury([Sample.tombstone(1)])
        try await store.erase([subject.from])
        try await store.rename([subject])
        #expect(try await store.record([event("b", under: subject.to, at: 2)]) == [.erased])
        #expect(try await store.tombstone(1) == nil)
        let tombstones = try await store.tombstones(after: nil, limit: 1000)
        #expect(tombstones.filter { $0.token == subject.to }.map(\.note) == [Sample.tombstone(1).note])
        #expect(try await store.remains(of: [subject.from, subject.to]) == [false, false])
    }

    @Test("what both tokens have is kept, and fails no neighbour", arguments: Driver<EventPlace>.all)
    func both(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let subject = Sample.rename(1)
        _ = try await store.record([
            try Sample.event("a", at: 1), try Sample.event("b", at: 9), event("b", under: subject.to, at: 2),
            event("c", under: subject.to, at: 3), try Sample.event("n", of: 2, at: 1),
        ])
        try await store.bury([
            Sample.tombstone(3), Tombstone(token: Sample.rename(3).to, note: Sample.sealed(1)),
        ])
        try await store.rename([subject, Sample.rename(2), Sample.rename(3)])
        let (former, other) = (try await content(store, subject.from), try await content(store, subject.to))
        #expect(Set(["b", "c"]).isSubset(of: other.history.map(\.eventID.text)))
        #expect(other.history.first { $0.eventID.text == "b" }?.occurredAt == Sample.instant(2))
        #expect(former.history.map(\.occurredAt).contains(Sample.instant(9)))
        #expect((former.history + other.history).contains { $0.eventID.text == "a" })
        #expect(other.latest.movement == other.history.first?.body[...])
        #expect(try await content(store, Sample.rename(2).to).history.count == 1)
        let notes = try await store.tombstones(after: nil, limit: 1000)
        #expect(notes.first { $0.token == Sample.rename(3).to }?.note == Sample.sealed(1))
        #expect(notes.contains(Sample.tombstone(3)))
    }

    @Test("several move the same subjects and record under the other tokens", arguments: Driver<EventPlace>.all)
    func race(driver: Driver<EventPlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open(), try await place.open()]
        let numbers = Array(1...20)
        let subjects = numbers.map { Sample.rename($0) }
        for round in 0..<4 {
            _ = try await stores[0].record(numbers.map { try Sample.event("r-\(round)", of: $0, at: round) })
        }
        try await withThrowingTaskGroup { group in
            for (writer, store) in stores.enumerated() {
                group.addTask {
                    for part in [subjects[..<10], subjects[10...]] {
                        try await store.rename(Array(part))
                        let events = try part.map { try event("w-\(writer)", under: $0.to, at: 100 + writer) }
                        let outcomes = try await store.record(events)
                        #expect(outcomes.allSatisfy { $0 == .recorded })
                    }
                }
            }
            try await group.waitForAll()
        }
        for subject in subjects {
            let content = try await content(stores[0], subject.to)
            #expect(content.history.map(\.eventID.text) == ["w-2", "w-1", "w-0", "r-3", "r-2", "r-1", "r-0"])
        }
        #expect(try await !stores[0].remains(of: subjects.map(\.from)).contains(true))
    }

    @Test("a walk meets each token that anything is kept under, whatever its pages", arguments: Driver<EventPlace>.all)
    func walk(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        var events = try (1...40).map { try Sample.event("a", of: $0, at: 1) }
        events[0].receipt = Sample.receipt(1)
        _ = try await store.record(events)
        try await store.bury((41...45).map { Sample.tombstone($0) })
        let subjects = (1...45).map { Sample.rename($0) }
        for limit in [7, 1000] {
            let met = Set(try await store.tokens(ofKeysBelow: 1, limit: limit))
            #expect(subjects.allSatisfy { met.contains($0.from) })
        }
        // A receipt may be all that is left.
        try await store.rename([subjects[0]])
        try await store.moveAll(subjects, limit: 50)
        let left = Set(try await store.tokens(ofKeysBelow: 1, limit: 1000))
        #expect(subjects.allSatisfy { !left.contains($0.from) && !left.contains($0.to) })
        let moved = Set(try await store.tokens(ofKeysBelow: 2, limit: 1000))
        #expect(subjects.allSatisfy { moved.contains($0.to) })
    }
}
