import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@Suite("EventService")
struct EventServiceTests {
    let bureau: TestBureau
    var service: EventService { bureau.services.events }

    init() throws {
        bureau = try TestBureau()
    }

    private func ids(_ records: [EventRecord]) -> [String] { records.map(\.eventID.text) }

    @Test("events are recorded under the token of base C, once each, in their order")
    func record() async throws {
        let event = Sample.event(0, id: "e1", at: "2026-01-01T00:00:00Z")
        let results = await service.record([event, event, Sample.event(1, id: "e1", at: "2026-01-01T00:00:00Z")])
        #expect(try results.map { try $0.get().outcome } == [.recorded, .duplicate, .recorded])
        let kept = await bureau.events.records
        #expect(try kept.map(\.token) == [0, 1].map { try bureau.token(Sample.cpfs[$0], in: .c) })
        #expect(kept[0].body == Sample.body("e1"))
    }

    @Test("another event under an identifier is a conflict, and a removed identifier is free")
    func conflict() async throws {
        let first = Sample.event(0, id: "e1", at: "2026-01-01T00:00:00Z")
        let other = Sample.event(0, id: "e1", at: "2026-01-02T00:00:00Z")
        #expect(await service.record([first, other]).map(\.failure) == [nil, .eventConflict])
        let removal = SubjectEventRemoval(
            cpf: first.cpf, access: Sample.write("event.remove"), eventID: first.event.eventID)
        #expect(await service.remove([removal, removal]).map(\.failure) == [nil, .notFound])
        #expect(try await service.record([other])[0].get().outcome == .recorded)
    }

    @Test("a repeated recording gets its first answer, also after a removal, and one event without an identifier")
    func repeats() async throws {
        func event(
            _ key: String, _ content: String, at: String, id: String = "e1", hasMadeID: Bool = false
        ) -> SubjectEvent {
            SubjectEvent(
                cpf: Sample.cpfs[0], access: Sample.write("event.record"),
                event: Sample.event(0, id: id, at: at).event, hasMadeID: hasMadeID,
                repetition: Repetition(key: Array(key.utf8), content: Array(content.utf8)))
        }
        let longest = String(repeating: "x", count: 64)
        let first = event("k", "c", at: "2026-01-01T00:00:00Z", id: longest)
        #expect(try await service.record([first, first]).map { try $0.get().outcome } == [.recorded, .recorded])
        let removal = SubjectEventRemoval(
            cpf: Sample.cpfs[0], access: Sample.write("event.remove"), eventID: first.event.eventID,
            repetition: Repetition(key: Array("r".utf8), content: []))
        #expect(try await service.remove([removal])[0].get() == first.event.eventID)
        #expect(try await service.record([first])[0].get().outcome == .recorded)
        #expect(await bureau.events.records.isEmpty)
        #expect(try await service.remove([removal])[0].get() == first.event.eventID)
        #expect(
            await service.record([event("k", "d", at: "2026-01-01T00:00:00Z")]).map(\.failure) == [.idempotencyConflict]
        )

        let made = try await service.record([
            event("m", "c", at: "2026-01-01T00:00:00Z", hasMadeID: true),
            event("m", "c", at: "2026-01-01T00:00:00Z", hasMadeID: true),
        ]).map { try $0.get() }
        #expect(made[0] == made[1] && made[0].eventID.text != "e1")
        #expect(await bureau.events.records.map(\.eventID) == [made[0].eventID])
    }

    @Test("the latest events are the newest of each kind, and nil for a kind without events")
    func latest() async throws {
        _ = await service.record([
            Sample.event(0, id: "new", at: "2026-01-02T00:00:00Z"),
            Sample.event(0, id: "old", at: "2026-01-01T00:00:00Z"),
            Sample.event(0, id: "card", at: "2025-01-01T00:00:00Z", kind: .cardPurchase),
        ])
        let latest = try await service.latest([Sample.request(1), Sample.request(0)]).map { try $0.get().value }
        #expect(latest[0] == LatestEvents())
        #expect(latest[1] == LatestEvents(movement: Sample.body("new"), cardPurchase: Sample.body("card")))
    }

    @Test("pages of a history follow one another without gap or repetition, the newest first")
    func history() async throws {
        let events = (0..<25).map { index in
            Sample.event(
                0, id: "e\(index)", at: "2026-01-01T00:00:0\(index % 7)Z",
                kind: index % 2 == 0 ? .movement : .bureauQuery)
        }
        _ = await service.record(events)
        for kind in [nil, EventKind.movement] {
            var told: [EventRecord] = []
            var before: EventPosition?
            while true {
                let request = PageRequest(
                    cpf: Sample.cpfs[0], access: Sample.request(0, "event.history").access, before: before, limit: 4)
                let page = try await service.history([EventHistoryRequest(page: request, kind: kind)])[0].get()
                    .value
                told += page.items
                guard page.hasMore, let last = page.items.last else { break }
                #expect(page.items.count == 4)
                before = EventPosition(occurredAt: last.occurredAt, eventID: last.eventID)
            }
            let expected = events.map(\.event).filter { kind == nil || $0.kind == kind }
                .sorted { ($1.occurredAt, $1.eventID) < ($0.occurredAt, $0.eventID) }
            #expect(ids(told) == expected.map(\.eventID.text))
        }
    }

    @Test("when the store fails, every item of the batch fails for that reason")
    func storeFailure() async {
        let error = StoreError.unavailable(.c, .test, retryAfterMilliseconds: 1)
        await bureau.events.fail(with: error)
        let event = Sample.event(id: "e1", at: "2026-01-01T00:00:00Z")
        #expect(await service.record([event, event]).map(\.failure) == [.store(error), .store(error)])
        #expect(await service.latest([Sample.request()]).map(\.failure) == [.store(error)])
        let page = PageRequest<EventPosition>(
            cpf: Sample.cpfs[0], access: Sample.request().access, before: nil, limit: 1)
        let request = EventHistoryRequest(page: page, kind: nil)
        #expect(await service.history([request]).map(\.failure) == [.store(error)])
    }

    @Test("a record that the store cannot read fails alone, wherever in the batch it is", arguments: 0..<7)
    func damaged(index: Int) async throws {
        await bureau.events.spoil(try bureau.token(Sample.cpfs[0], in: .c))
        var reads = Array(repeating: Sample.request(1, "event.latest"), count: 7)
        reads[index] = Sample.request(0, "event.latest")
        let failures = await service.latest(reads).map(\.failure)
        #expect(failures == reads.indices.map { $0 == index ? .store(.corrupt(.c)) : nil })
    }
}
