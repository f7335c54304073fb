import Bureau
import JSON
import JSONRPC
import Repositories
import Services

/// `event.record`
package struct EventRecord: SubjectMethod {
    /// What is answered for a recorded event.
    package struct Recorded: Sendable {
        let eventID: EventID
        let isNew: Bool
    }

    package static let name = "event.record"
    package let footprint = Footprint(writes: .c)
    package let isUrgent = true
    package let repeatsSubject = true
    package let answerBytes = 256
    private let events: EventService
    private let stamps: Stamps

    package init(events: EventService, stamps: Stamps) {
        self.events = events
        self.stamps = stamps
    }

    package func decode(_ params: Value) throws(Failure) -> EventDraft {
        let reader = ObjectReader(params)
        let event = Event(
            eventID: try reader.optional("eventId") ?? EventID(stamps.recordID(at: stamps.now())),
            occurredAt: try reader.required("occurredAt"), details: try EventDetails(reader))
        return EventDraft(
            cpf: try reader.required("cpf"), kind: event.kind, occurredAt: event.occurredAt,
            eventID: event.eventID, body: event.json)
    }

    package func call(_ group: [EventDraft]) async -> [Outcome<Recorded>] {
        zip(group, await events.record(group)).map { draft, result in
            result.map { Recorded(eventID: draft.eventID, isNew: $0 == .recorded) }.outcome
        }
    }

    package func write(_ recorded: Recorded, to writer: inout Writer) {
        writer.object { result in
            result.member("eventId", recorded.eventID)
            result.member("recorded", recorded.isNew)
        }
    }
}
