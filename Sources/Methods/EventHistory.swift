import Bureau
import JSON
import JSONRPC
import Repositories
import Services

/// `event.history`
package struct EventHistory: SubjectMethod {
    package static let name = "event.history"
    package let footprint = Footprint(reads: .c)
    package let isUrgent = true
    package let answerBytes = 8192
    private let events: EventService

    package init(events: EventService) {
        self.events = events
    }

    package func decode(_ params: Value) throws(Failure) -> EventHistoryRequest {
        let reader = ObjectReader(params)
        return EventHistoryRequest(
            cpf: try reader.required("cpf"), kind: try reader.optional("kind"),
            before: try PageReader.cursor(reader, EventPosition.init(cursor:)), limit: try PageReader.limit(reader))
    }

    package func call(_ group: [EventHistoryRequest]) async -> [Outcome<Page<Repositories.EventRecord>>] {
        let withOneMore = group.map { request in
            EventHistoryRequest(
                cpf: request.cpf, kind: request.kind, before: request.before, limit: request.limit + 1)
        }
        return zip(group, await events.history(withOneMore)).map { request, events in
            events.map { Page($0, limit: request.limit) }.outcome
        }
    }

    package func write(_ page: Page<Repositories.EventRecord>, to writer: inout Writer) {
        writer.object { result in
            result.key("events")
            result.array { list in
                for event in page.items { list.json(event.body[...]) }
            }
            if page.hasMore, let last = page.items.last {
                result.member("nextCursor", EventPosition(occurredAt: last.occurredAt, eventID: last.eventID).cursor)
            }
        }
    }
}

extension EventPosition {
    /// Microseconds since the epoch, a full stop, the event's id.
    fileprivate var cursor: String { "\(occurredAt.microsecondsSinceEpoch).\(eventID.text)" }

    fileprivate init?(cursor: Value) {
        guard let text = cursor.string, let stop = text.firstIndex(of: "."),
            let microseconds = Int64(text[..<stop]), let instant = Instant(microsecondsSinceEpoch: microseconds),
            let eventID = EventID(String(text[text.index(after: stop)...]))
        else { return nil }
        self.init(occurredAt: instant, eventID: eventID)
    }
}
