import Bureau
import Repositories
import Testing

@Suite("Base C against a model of it")
struct EventRepositoryModelTests {
    /// What base C promises, in the fewest words.
    private struct Model {
        var events: [EventRecord] = []
        /// The newest events of each kind that were dropped.
        var dropped: [EventKind: EventRecord] = [:]

        /// The newest first.
        func history(_ kind: EventKind? = nil) -> [EventRecord] {
            events.filter { kind == nil || $0.kind == kind }
                .sorted { ($1.occurredAt, $1.eventID) < ($0.occurredAt, $0.eventID) }
        }

        mutating func record(_ event: EventRecord) -> RecordOutcome {
            if let known = events.first(where: { $0.eventID == event.eventID }) {
                return known == event ? .duplicate : .conflict
            }
            if let old = dropped[event.kind], (event.occurredAt, event.eventID) <= (old.occurredAt, old.eventID) {
                return .older
            }
            events.append(event)
            let own = history(event.kind)
            let kept = own.enumerated().filter { index, other in
                EventHistory.keeps(index + 1, of: other.kind, from: other.occurredAt, at: Sample.instant(0))
            }.map(\.element)
            guard kept.contains(event) else {
                events.removeLast()
                return .older
            }
            if let old = own.first(where: { !kept.contains($0) }) { dropped[event.kind] = old }
            events.removeAll { $0.kind == event.kind && !kept.contains($0) }
            return .recorded
        }

        mutating func remove(_ removal: EventRemoval) -> RemovalOutcome {
            guard let index = events.firstIndex(where: { $0.eventID == removal.eventID }) else { return .notFound }
            events.remove(at: index)
            return .removed
        }
    }

    @Test(
        "recordings and removals in any order leave what the promise says, in histories that are full or nearly so",
        arguments: Driver<EventPlace>.all)
    func anyOrder(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        var random = SeededRandom(seed: 12)
        var model = Model()
        let first = try (0..<(EventHistory.maximumEvents - 4)).map { try Sample.event("f-\($0)", at: 2 * $0) }
        #expect(try await store.record(first) == first.map { model.record($0) })
        for _ in 0..<80 {
            if Int.random(in: 0..<4, using: &random) == 0 {
                let id = model.events.randomElement(using: &random)?.eventID ?? first[0].eventID
                let removal = EventRemoval(token: Sample.token(1), eventID: id)
                #expect(try await store.remove([removal]) == [model.remove(removal)])
            } else {
                let events = try (0..<Int.random(in: 1..<4, using: &random)).map { _ in
                    let number = Int.random(in: 0..<60, using: &random)
                    let kind = number % 5 == 0 ? EventKind.cardPurchase : .movement
                    return try Sample.event("e-\(number)", kind, at: Int.random(in: 0..<520, using: &random))
                }
                #expect(try await store.record(events) == events.map { model.record($0) })
            }
            #expect(
                try await store.latest(1)
                    == LatestEvents(
                        movement: model.history(.movement).first?.body,
                        cardPurchase: model.history(.cardPurchase).first?.body))
        }
        #expect(try await store.history(1) == model.history())
    }
}
