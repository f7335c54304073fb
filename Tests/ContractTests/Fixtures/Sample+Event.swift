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
