import Bureau
import JSON
import JSONRPC
import Repositories
import Services

extension Method {
    /// The methods of the namespace `event`; `stamps` tells the time, and makes the identifier of an event
    /// that comes without one.
    static func events(_ events: EventService, _ access: MethodAccesses, _ stamps: Stamps) -> [Method] {
        [
            .aboutSubject(
                "event.record", access, writes: .c, repeatsSubject: true, takesKeys: true, answerBytes: 256,
                params: { (reader) throws(Failure) in
                    let now = stamps.now()
                    let given = try reader.optional("eventId", EventID.self)
                    let event = Event(
                        eventID: given ?? EventID(stamps.recordID(at: now)),
                        occurredAt: try reader.required("occurredAt"), details: try EventDetails(reader))
                    try reader.refuse(event.violations(at: now))
                    return SubjectEvent(
                        cpf: try reader.cpf(), access: reader.writeAccess(), event: event, hasMadeID: given == nil,
                        repetition: reader.repetition)
                },
                service: events.record,
                result: { recorded, writer in
                    writer.object { result in
                        result.member("eventId", recorded.eventID)
                        result.member("recorded", recorded.outcome == .recorded)
                        if recorded.outcome == .older { result.member("reason", "older_than_history") }
                    }
                }),
            .aboutSubject(
                "event.remove", access, writes: .c, repeatsSubject: true, takesKeys: true, answerBytes: 256,
                params: { (reader) throws(Failure) in
                    SubjectEventRemoval(
                        cpf: try reader.cpf(), access: reader.writeAccess(), eventID: try reader.required("eventId"),
                        repetition: reader.repetition)
                },
                service: events.remove,
                result: { eventID, writer in
                    writer.object { result in
                        result.member("eventId", eventID)
                        result.member("removed", true)
                    }
                }),
            .ofSubject(
                "event.latest", access, reads: .c,
                service: events.latest,
                result: object { $0.writeMembers($1, to: &$2) }),
            .aboutSubject(
                "event.history", access, reads: .c, answerBytes: 8192,
                params: { (reader) throws(Failure) in
                    let kind = try reader.optional("kind", EventKind.self)
                    return EventHistoryRequest(
                        page: try PageRequest(
                            reader, showing: kind.map { FieldGroups($0) }, position: EventPosition.init(cursor:)),
                        kind: kind)
                },
                service: events.history,
                result: object { page, disclosures, result in
                    page.writeMembers(
                        as: "events", to: &result,
                        cursor: { EventPosition(occurredAt: $0.occurredAt, eventID: $0.eventID).cursor },
                        item: { event, list in
                            let shown = disclosures.of(FieldGroups(event.kind))
                            event.body.withUnsafeBufferPointer { list.event($0, shown) }
                        })
                }),
        ]
    }
}

extension EventPosition {
    /// The text of the position: microseconds since the epoch, a full stop, the event's identifier.
    var cursor: String { "\(occurredAt.microsecondsSinceEpoch).\(eventID.text)" }

    init?(cursor: Value) {
        guard let text = cursor.string, let stop = text.firstIndex(of: "."),
            let microseconds = Int64(text[..<stop]), let instant = Instant(microsecondsSinceEpoch: microseconds),
            let eventID = EventID(String(text[text.index(after: stop)...]))
        else { return nil }
        self.init(occurredAt: instant, eventID: eventID)
    }
}

extension EventDetails {
    /// Reads the members that the event's kind has.
    init(_ reader: ObjectReader) throws(Failure) {
        switch try reader.required("kind", EventKind.self) {
        case .bureauQuery:
            self = .bureauQuery(
                bureau: try reader.text("bureau"), requester: try reader.text("requester"),
                purpose: try reader.optional("purpose"))
        case .movement:
            self = .movement(
                direction: try reader.required("direction"), amount: try reader.money("amountCents"),
                channel: try reader.required("channel"))
        case .cardPurchase:
            self = .cardPurchase(
                amount: try reader.money("amountCents"),
                merchantCategoryCode: try reader.required("merchantCategoryCode"),
                installments: try reader.integer("installments"), approved: reader.optionalBool("approved") ?? false,
                cardLast4: try reader.optional("cardLast4"))
        }
    }
}

extension Event {
    /// The event as clients are answered and as base C keeps it: what `types/event.json` describes. `recordedAt` is the
    /// last member, as `EventRecord` has it.
    public func json(recordedAt: Instant?) -> [UInt8] {
        var writer = Writer(reserving: 288)
        writer.object { event in
            event.member("eventId", eventID)
            event.member("kind", kind)
            event.member("occurredAt", occurredAt)
            details.writeMembers(to: &event)
            event.optional("recordedAt", recordedAt)
        }
        return writer.take()
    }
}

extension EventDetails {
    fileprivate func writeMembers(to event: inout Writer) {
        switch self {
        case .bureauQuery(let bureau, let requester, let purpose):
            event.member("bureau", bureau)
            event.member("requester", requester)
            event.optional("purpose", purpose)
        case .movement(let direction, let amount, let channel):
            event.member("direction", direction)
            event.member("amountCents", amount.cents)
            event.member("channel", channel)
        case .cardPurchase(let amount, let merchantCategoryCode, let installments, let approved, let cardLast4):
            event.member("amountCents", amount.cents)
            event.member("merchantCategoryCode", merchantCategoryCode)
            event.member("installments", Int64(installments))
            event.member("approved", approved)
            event.optional("cardLast4", cardLast4)
        }
    }
}

extension LatestEvents {
    /// Appends what `types/latest-events.json` describes.
    func writeMembers(_ disclosures: Disclosures, to result: inout Writer) {
        withBodies { bureauQuery, movement, cardPurchase in
            result.event("bureau_query", bureauQuery, disclosures.of(.queries))
            result.event("movement", movement, disclosures.of(.movements))
            result.event("card_purchase", cardPurchase, disclosures.of(.purchases))
        }
    }
}
