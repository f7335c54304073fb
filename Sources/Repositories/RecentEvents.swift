import Bureau

/// What is asked for of a subject's latest events.
public struct RecentEventsQuery: Sendable {
    public var token: SubjectToken
    /// Without repetition.
    public var kinds: [EventKind]
    /// Only events that occurred after this instant are read.
    public var since: Instant
    /// The time of the reading, by which is told what is kept.
    public var now: Instant

    public init(token: SubjectToken, kinds: [EventKind], since: Instant, now: Instant) {
        self.token = token
        self.kinds = kinds
        self.since = since
        self.now = now
    }
}

/// An event as characteristics need it, without its identifier.
public struct RecentEvent: Hashable, Sendable {
    /// What is known of an event beside its kind and its time.
    public enum Content: Hashable, Sendable {
        case details(EventDetails, recordedAt: Instant?)
        /// Where `RecentEvents.bodies` has what the store keeps: the event as a client receives it.
        case body(Range<Int>)
    }

    public var kind: EventKind
    public var occurredAt: Instant
    public var content: Content

    public init(kind: EventKind, occurredAt: Instant, _ content: Content) {
        self.kind = kind
        self.occurredAt = occurredAt
        self.content = content
    }
}

/// The events of a subject since an instant, in any order.
public struct RecentEvents: Hashable, Sendable {
    public var events: [RecentEvent]
    /// The bodies of events, one behind the other, because an array for each would cost more than its bytes.
    public var bodies: [UInt8]
    /// For each kind the instant after which nothing was dropped, or refused because the history was full.
    public var completeAfter: InstantsOfKinds

    /// - Parameters:
    ///   - events: all that are kept of the kinds that were asked for since the instant.
    ///   - dropped: for each kind the time of the newest event that was dropped.
    ///   - now: the time of the reading.
    public init(_ events: [RecentEvent], bodies: [UInt8] = [], dropped: InstantsOfKinds, now: Instant) {
        self.events = events
        self.bodies = bodies
        completeAfter = dropped
        // What few events tell of full histories, they tell of times before them.
        guard events.count >= EventHistory.maximumEvents else { return }
        for kind in EventKind.allCases {
            let times = events.lazy.filter { $0.kind == kind }.map(\.occurredAt)
            let count = times.count
            if count >= EventHistory.most(of: kind) {
                completeAfter[kind] = max(dropped[kind], times.min() ?? .first)
            } else if count >= EventHistory.maximumEvents {
                completeAfter[kind] = max(dropped[kind], EventHistory.keptSince(at: now))
            }
        }
    }

    /// Takes events as a store returns them: with their details, or else with the bodies that tell these.
    public init(_ records: [EventRecord], dropped: InstantsOfKinds, now: Instant) {
        var bodies: [UInt8] = []
        let events = records.map { record in
            if let details = record.details {
                let content = RecentEvent.Content.details(details, recordedAt: record.recordedAt)
                return RecentEvent(kind: record.kind, occurredAt: record.occurredAt, content)
            }
            let start = bodies.count
            bodies += record.body
            return RecentEvent(kind: record.kind, occurredAt: record.occurredAt, .body(start..<bodies.count))
        }
        self.init(events, bodies: bodies, dropped: dropped, now: now)
    }
}

/// An instant for each kind of event.
public struct InstantsOfKinds: Hashable, Sendable {
    private var bureauQuery = Instant.first
    private var movement = Instant.first
    private var cardPurchase = Instant.first

    /// The earliest instant for each kind.
    public init() {}

    public subscript(kind: EventKind) -> Instant {
        get {
            switch kind {
            case .bureauQuery: bureauQuery
            case .movement: movement
            case .cardPurchase: cardPurchase
            }
        }
        set {
            switch kind {
            case .bureauQuery: bureauQuery = newValue
            case .movement: movement = newValue
            case .cardPurchase: cardPurchase = newValue
            }
        }
    }
}
