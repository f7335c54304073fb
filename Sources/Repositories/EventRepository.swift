import Bureau

/// Base C: what happened around a subject lately.
///
/// Every function takes a batch and gives an outcome for each item, in the order of the items. Events commute: the
/// newest of a kind is the one with the greatest `occurredAt`, then the greatest `eventID` by bytes, whatever the
/// order in which they were recorded.
package protocol EventRepository: Store {
    /// Records events. An `eventID` that the subject's history holds already is not recorded again.
    func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome]

    /// The newest event of each kind. It is kept even when the bounded history has lost it.
    func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents]

    /// A page of a subject's history, the newest first.
    ///
    /// The history is bounded: once a subject has more than `EventHistory.maximumEvents`, the oldest are dropped.
    func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]]
}

/// The bounds of what base C keeps.
package enum EventHistory {
    /// Events kept for each subject, of all kinds together.
    package static let maximumEvents = 256
}

/// What became of one event.
package enum RecordOutcome: Hashable, Sendable {
    case recorded
    /// This `eventID` is there already; the first record of it stands.
    case duplicate
}

/// An event as base C keeps it.
package struct EventRecord: Hashable, Sendable {
    package var token: SubjectToken
    package var kind: EventKind
    package var occurredAt: Instant
    package var eventID: EventID
    /// The event as it is answered, a JSON object; the store never looks into it.
    package var body: [UInt8]

    package init(token: SubjectToken, kind: EventKind, occurredAt: Instant, eventID: EventID, body: [UInt8]) {
        self.token = token
        self.kind = kind
        self.occurredAt = occurredAt
        self.eventID = eventID
        self.body = body
    }
}

/// A page of a history: events strictly older than `before` (or from the newest on), at most `limit`.
package struct HistoryQuery: Sendable {
    package var token: SubjectToken
    /// Only events of this kind; all kinds when nil.
    package var kind: EventKind?
    package var before: EventPosition?
    package var limit: Int

    package init(token: SubjectToken, kind: EventKind?, before: EventPosition?, limit: Int) {
        self.token = token
        self.kind = kind
        self.before = before
        self.limit = limit
    }
}

/// The place of an event in a history's order.
package struct EventPosition: Hashable, Sendable {
    package var occurredAt: Instant
    package var eventID: EventID

    package init(occurredAt: Instant, eventID: EventID) {
        self.occurredAt = occurredAt
        self.eventID = eventID
    }
}
