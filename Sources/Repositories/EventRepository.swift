import Bureau

/// Base C: the recent events of a subject.
///
/// Every function takes a batch and returns an outcome for each item, in the order of the items. The order of recording
/// does not matter: the newest event has the greatest `occurredAt`, then the greatest `eventID` by bytes.
public protocol EventRepository: ErasableStore {
    /// Records events, each under an `eventID` that is unique among the subject's events.
    func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome]

    /// Removes events, after which the latest and the history are as if these had never been.
    func remove(_ removals: [EventRemoval]) async throws(StoreError) -> [RemovalOutcome]

    /// Reads the newest event of each kind.
    func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents]

    /// Reads a page of a subject's history, the newest event first. `EventHistory` tells what is kept.
    func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]]

    /// Reads all that is kept of subjects' events since an instant, in any order, with how far back it is all.
    func recent(_ queries: [RecentEventsQuery]) async throws(StoreError) -> [RecentEvents]

    /// Reads the receipts of earlier writes; nil where there is none.
    func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?]
}

/// The bounds of a subject's history in base C. Each kind has a history of its own.
///
/// What is beyond the bounds is dropped. It and what is older stays out, also when removals have made room.
public enum EventHistory {
    /// The newest events of a kind that are kept, whatever their age.
    public static let maximumEvents = 256
    /// Bureau queries are also kept for so many days: six months at least (Decreto 9.936/2019, art. 10, V, d).
    public static let queryDays = 185
    /// The most bureau queries, whatever their age.
    public static let maximumQueries = 4096

    /// The most events of a kind.
    public static func most(of kind: EventKind) -> Int {
        kind == .bureauQuery ? maximumQueries : maximumEvents
    }

    /// The time since when events beyond `maximumEvents` are kept.
    public static func keptSince(at now: Instant) -> Instant {
        let span = Int64(queryDays) * 86_400_000_000
        return Instant(microsecondsSinceEpoch: now.microsecondsSinceEpoch - span) ?? .first
    }

    /// Whether an event is kept that is the `rank`th newest of its kind; the newest has rank 1.
    public static func keeps(_ rank: Int, of kind: EventKind, from occurredAt: Instant, at now: Instant) -> Bool {
        rank <= maximumEvents || rank <= most(of: kind) && occurredAt >= keptSince(at: now)
    }
}

/// The result of recording one event.
public enum RecordOutcome: Hashable, Sendable {
    case recorded
    /// The same event is there already.
    case duplicate
    /// Another event has this `eventID`; it stays, and nothing is written.
    case conflict
    /// The history of its kind is full and holds newer events only, or has dropped this event or a newer one; nothing
    /// is written.
    case older
    /// The subject was erased; nothing is written.
    case erased
    /// A receipt under this key was there; nothing is written.
    case repeated
    /// The store failed this event alone.
    case failed(StoreError)
}

extension RecordOutcome {
    /// What the last byte of a receipt's body tells; nil for an outcome without a receipt.
    public var receiptByte: UInt8? {
        switch self {
        case .recorded: UInt8(ascii: "1")
        case .duplicate: UInt8(ascii: "0")
        case .older: UInt8(ascii: "o")
        case .conflict, .erased, .repeated, .failed: nil
        }
    }

    public init?(receiptByte: UInt8) {
        let outcomes: [RecordOutcome] = [.recorded, .duplicate, .older]
        guard let outcome = outcomes.first(where: { $0.receiptByte == receiptByte }) else { return nil }
        self = outcome
    }
}

/// An event to remove.
public struct EventRemoval: Hashable, Sendable {
    public var token: SubjectToken
    public var eventID: EventID
    /// What is kept of the removal as it is, so that it can be asked for again.
    public var receipt: NewReceipt?

    public init(token: SubjectToken, eventID: EventID, receipt: NewReceipt? = nil) {
        self.token = token
        self.eventID = eventID
        self.receipt = receipt
    }
}

/// The result of removing one event.
public enum RemovalOutcome: Hashable, Sendable {
    case removed
    /// The history has no event of this identifier.
    case notFound
    /// A receipt under this key was there; nothing is written.
    case repeated
    /// The store failed this item alone.
    case failed(StoreError)
}

/// An event as base C stores it.
public struct EventRecord: Hashable, Sendable {
    public var token: SubjectToken
    public var kind: EventKind
    public var occurredAt: Instant
    public var eventID: EventID
    /// The event as a client receives it, a JSON object. Its last member is `recordedAt`; events that earlier versions
    /// recorded are without.
    public var body: [UInt8]
    /// When base C took the event, as `body` has it.
    public var recordedAt: Instant?
    /// What `body` tells of the event, for a store that packs it; nil in what a store returns.
    public var details: EventDetails?
    /// What is kept of the recording, unless it is a conflict, so that it can be asked for again. The store appends a
    /// byte for the outcome to the body: `RecordOutcome.receiptByte`.
    public var receipt: NewReceipt?

    public init(
        token: SubjectToken, kind: EventKind, occurredAt: Instant, eventID: EventID, body: [UInt8],
        recordedAt: Instant? = nil, details: EventDetails? = nil
    ) {
        self.token = token
        self.kind = kind
        self.occurredAt = occurredAt
        self.eventID = eventID
        self.body = body
        self.recordedAt = recordedAt
        self.details = details
    }
}

extension EventRecord {
    /// How many of the body's bytes tell the event, without `recordedAt` and the end of the object.
    public var contentCount: Int {
        if let recordedAt {
            let suffix = Self.recordedAtMember.utf8CodeUnitCount + recordedAt.withText { $0.count } + 2
            if body.count > suffix, Self.isRecordedAtMember(body[(body.count - suffix)...]) {
                return body.count - suffix
            }
        }
        return body.last == UInt8(ascii: "}") ? body.count - 1 : body.count
    }

    /// Whether another body tells the same event, at whatever time that was recorded.
    public func hasContent(of other: [UInt8]) -> Bool {
        let count = contentCount
        guard other.starts(with: body[..<count]) else { return false }
        let rest = other[count...]
        return rest.isEmpty || rest.elementsEqual([UInt8(ascii: "}")])
            || Self.isRecordedAtMember(rest)
    }

    private static func isRecordedAtMember(_ text: ArraySlice<UInt8>) -> Bool {
        recordedAtMember.withUTF8Buffer { text.starts(with: $0) }
    }

    /// How the last member of a body begins.
    private static let recordedAtMember: StaticString = #","recordedAt":""#
}

/// A page of a history: at most `limit` events older than `before`, or the newest when `before` is nil.
public struct HistoryQuery: Sendable {
    public var token: SubjectToken
    /// The only kind to read; nil for all kinds.
    public var kind: EventKind?
    public var before: EventPosition?
    public var limit: Int

    public init(token: SubjectToken, kind: EventKind?, before: EventPosition?, limit: Int) {
        self.token = token
        self.kind = kind
        self.before = before
        self.limit = limit
    }
}

/// The position of an event in the order of a history.
public struct EventPosition: Hashable, Sendable {
    public var occurredAt: Instant
    public var eventID: EventID

    public init(occurredAt: Instant, eventID: EventID) {
        self.occurredAt = occurredAt
        self.eventID = eventID
    }
}
