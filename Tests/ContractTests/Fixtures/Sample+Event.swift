import Bureau
import Repositories
import Testing

extension Sample {
    static func event(
        _ id: String, of subject: Int = 1, _ kind: EventKind = .movement, at second: Int, body: String? = nil
    ) throws -> EventRecord {
        EventRecord(
            token: token(subject), kind: kind, occurredAt: instant(second), eventID: try #require(EventID(id)),
            body: Array((body ?? "{\"eventId\":\"\(id)\"}").utf8))
    }

    /// An event whose figures the store is told.
    static func event(
        _ id: String, of subject: Int = 1, at second: Int, recordedAt: Instant = instant(1_000_000),
        _ details: EventDetails
    ) throws -> EventRecord {
        let event = Event(eventID: try #require(EventID(id)), occurredAt: instant(second), details: details)
        return EventRecord(
            token: token(subject), kind: event.kind, occurredAt: event.occurredAt, eventID: event.eventID,
            body: body(event, recordedAt), recordedAt: recordedAt, details: details)
    }

    /// Writes an event in a form of the tests' own.
    static func body(_ event: Event, _ recordedAt: Instant?) -> [UInt8] {
        let details =
            switch event.details {
            case .bureauQuery(let bureau, let requester, let purpose):
                "\(bureau) asked by \(requester) for \(purpose?.rawValue ?? "nothing")"
            case .movement(let direction, let amount, let channel): "\(direction) \(amount.cents) \(channel)"
            case .cardPurchase(let amount, let code, let installments, let approved, let card):
                "\(amount.cents) \(code.text) \(installments) \(approved) \(card?.text ?? "no card")"
            }
        let recorded = recordedAt.map { ",\"recordedAt\":\"\($0)\"" } ?? ""
        return Array("{\"eventId\":\"\(event.eventID.text)\",\"details\":\"\(details)\"\(recorded)}".utf8)
    }
}

extension EventRecord {
    var position: EventPosition { EventPosition(occurredAt: occurredAt, eventID: eventID) }
}

extension EventRepository {
    func latest(_ subject: Int) async throws -> LatestEvents {
        try await latest([Sample.token(subject)])[0]
    }

    func history(
        _ subject: Int, _ kind: EventKind? = nil, before: EventPosition? = nil, limit: Int = 1000
    ) async throws -> [EventRecord] {
        let query = HistoryQuery(token: Sample.token(subject), kind: kind, before: before, limit: limit)
        return try await history([query])[0]
    }
}

extension Error {
    /// Whether this is the refusal of a read that the audit log could not record.
    var isAuditUnavailable: Bool {
        if case .auditUnavailable = self as? StoreError { true } else { false }
    }
}
