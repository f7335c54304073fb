import Bureau
import Repositories
import Services
import Testing

@Suite("EventService")
struct EventServiceTests {
    let office: Office
    var service: EventService { office.services.events }

    init() throws {
        office = try Office()
    }

    private func ids(_ records: [EventRecord]) -> [String] { records.map(\.eventID.text) }

    @Test("events are recorded under the token of base C, once each, in their order")
    func record() async throws {
        let event = Sample.event(0, id: "e1", at: "2026-01-01T00:00:00Z")
        let results = await service.record([event, event, Sample.event(1, id: "e1", at: "2026-01-01T00:00:00Z")])
        #expect(try results.map { try $0.get() } == [.recorded, .duplicate, .recorded])
        let kept = await office.events.records
        #expect(try kept.map(\.token) == [0, 1].map { try office.token(Sample.cpfs[$0], in: .c) })
        #expect(kept[0].body == event.body)
    }

    @Test("the latest events are the newest of each kind, absent where there are none")
    func latest() async throws {
        _ = await service.record([
            Sample.event(0, id: "new", at: "2026-01-02T00:00:00Z"),
            Sample.event(0, id: "old", at: "2026-01-01T00:00:00Z"),
            Sample.event(0, id: "card", at: "2025-01-01T00:00:00Z", kind: .cardPurchase),
        ])
        let latest = try await service.latest([Sample.cpfs[1], Sample.cpfs[0]]).map { try $0.get() }
        #expect(latest[0] == LatestEvents())
        #expect(latest[1] == LatestEvents(movement: Array("{new}".utf8), cardPurchase: Array("{card}".utf8)))
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
                let request = EventHistoryRequest(cpf: Sample.cpfs[0], kind: kind, before: before, limit: 4)
                let page = try await service.history([request])[0].get()
                told += page
                guard page.count == 4, let last = page.last else { break }
                before = EventPosition(occurredAt: last.occurredAt, eventID: last.eventID)
            }
            let expected = events.filter { kind == nil || $0.kind == kind }
                .sorted { ($1.occurredAt, $1.eventID) < ($0.occurredAt, $0.eventID) }
            #expect(ids(told) == expected.map(\.eventID.text))
        }
    }

    @Test("when the store fails, every item of the batch fails for that reason")
    func storeFailure() async {
        let error = StoreError.unavailable(.c, retryAfterMilliseconds: 1)
        await office.events.fail(with: error)
        let event = Sample.event(id: "e1", at: "2026-01-01T00:00:00Z")
        #expect(await service.record([event, event]).map(\.failure) == [.store(error), .store(error)])
        #expect(await service.latest([Sample.cpfs[0]]).map(\.failure) == [.store(error)])
        let request = EventHistoryRequest(cpf: Sample.cpfs[0], kind: nil, before: nil, limit: 1)
        #expect(await service.history([request]).map(\.failure) == [.store(error)])
    }
}
