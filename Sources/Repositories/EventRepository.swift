import Bureau

/// Base C: the recent events of a subject.
///
/// Every function takes a batch and returns an outcome for each item, in the order of the items. The order of recording
/// does not matter: the newest event has the greatest `occurredAt`, then the greatest `eventID` by bytes.
package protocol EventRepository: Store {
    /// Records events. An `eventID` in the subject's history is not recorded again.
    func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome]

    /// Reads the newest event of each kind, kept even after the bounded history has dropped it.
    func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents]

    /// Reads a page of a subject's history, the newest event first.
    ///
    /// The history is bounded: beyond `EventHistory.maximumEvents` events of a subject, the oldest are dropped.
    func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]]

    /// Reads the receipts of earlier writes; nil where there is none.
    func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?]
}

/// The bounds of a subject's history in base C.
package enum EventHistory {
    /// The most events of a subject, all kinds together.
    package static let maximumEvents = 256
}

/// The result of recording one event.
package enum RecordOutcome: Hashable, Sendable {
    case recorded
    /// The `eventID` is known; its first event stays.
    case duplicate
    /// The store failed this event alone.
    case failed(StoreError)
}

/// An event as base C stores it.
package struct EventRecord: Hashable, Sendable {
    package var token: SubjectToken
    package var kind: EventKind
    package var occurredAt: Instant
    package var eventID: EventID
    /// The event as a client receives it, a JSON object that the store does not read.
    package var body: [UInt8]
    /// What is kept of the recording, so that it can be asked for again.
    package var receipt: NewReceipt?

    package init(token: SubjectToken, kind: EventKind, occurredAt: Instant, eventID: EventID, body: [UInt8]) {
        self.token = token
        self.kind = kind
        self.occurredAt = occurredAt
        self.eventID = eventID
        self.body = body
    }
}

/// A page of a history: at most `limit` events older than `before`, or the newest when `before` is nil.
package struct HistoryQuery: Sendable {
    package var token: SubjectToken
    /// The only kind to read; nil for all kinds.
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

/// The position of an event in the order of a history.
package struct EventPosition: Hashable, Sendable {
    package var occurredAt: Instant
    package var eventID: EventID

    package init(occurredAt: Instant, eventID: EventID) {
        self.occurredAt = occurredAt
        self.eventID = eventID
    }
}

/// The newest event of each kind, as `EventRecord.body`; nil for a kind without events.
///
/// One allocation holds all three bodies, because base C returns hundreds of thousands a second.
package struct LatestEvents: Hashable, Sendable {
    /// The concatenated bodies.
    private let bytes: [UInt8]
    private let bureauQueryRange: Range<Int32>?
    private let movementRange: Range<Int32>?
    private let cardPurchaseRange: Range<Int32>?

    /// Copies the bodies.
    package init(
        copying bureauQuery: UnsafeBufferPointer<UInt8>?, _ movement: UnsafeBufferPointer<UInt8>?,
        _ cardPurchase: UnsafeBufferPointer<UInt8>?
    ) {
        let counts = (bureauQuery?.count ?? 0, movement?.count ?? 0, cardPurchase?.count ?? 0)
        let total = counts.0 + counts.1 + counts.2
        bytes = Array(unsafeUninitializedCapacity: total) { target, count in
            func add(_ body: UnsafeBufferPointer<UInt8>?) {
                if let body { count = target[count...].update(fromContentsOf: body) }
            }
            add(bureauQuery)
            add(movement)
            add(cardPurchase)
        }
        let ends = (Int32(counts.0), Int32(counts.0 + counts.1), Int32(total))
        bureauQueryRange = bureauQuery.map { _ in 0..<ends.0 }
        movementRange = movement.map { _ in ends.0..<ends.1 }
        cardPurchaseRange = cardPurchase.map { _ in ends.1..<ends.2 }
    }

    package init(bureauQuery: [UInt8]? = nil, movement: [UInt8]? = nil, cardPurchase: [UInt8]? = nil) {
        self = (bureauQuery ?? []).withUnsafeBufferPointer { first in
            (movement ?? []).withUnsafeBufferPointer { second in
                (cardPurchase ?? []).withUnsafeBufferPointer { third in
                    LatestEvents(
                        copying: bureauQuery == nil ? nil : first, movement == nil ? nil : second,
                        cardPurchase == nil ? nil : third)
                }
            }
        }
    }

    package var bureauQuery: ArraySlice<UInt8>? { slice(bureauQueryRange) }
    package var movement: ArraySlice<UInt8>? { slice(movementRange) }
    package var cardPurchase: ArraySlice<UInt8>? { slice(cardPurchaseRange) }

    private func slice(_ range: Range<Int32>?) -> ArraySlice<UInt8>? {
        range.map { bytes[Int($0.lowerBound)..<Int($0.upperBound)] }
    }
}
