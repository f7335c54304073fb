import Bureau

/// What is asked for of a subject's latest events.
package struct RecentEventsQuery: Sendable {
    package var token: SubjectToken
    /// Without repetition.
    package var kinds: [EventKind]
    /// Only events that occurred after this instant are read.
    package var since: Instant
    /// The time of the reading, by which is told what is kept.
    package var now: Instant

    package init(token: SubjectToken, kinds: [EventKind], since: Instant, now: Instant) {
        self.token = token
        self.kinds = kinds
        self.since = since
        self.now = now
    }
}

/// The events of a subject since an instant, in any order.
package struct RecentEvents: Hashable, Sendable {
    /// The events; each has `details`, or else the `body` that tells them.
    package var events: [EventRecord]
    /// For each kind the instant after which nothing was dropped, or refused because the history was full.
    package var completeAfter: InstantsOfKinds

    /// - Parameters:
    ///   - events: all that are kept of the kinds that were asked for since the instant.
    ///   - dropped: for each kind the time of the newest event that was dropped.
    ///   - now: the time of the reading.
    package init(_ events: [EventRecord], dropped: InstantsOfKinds, now: Instant) {
        self.events = events
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
}

/// An instant for each kind of event.
package struct InstantsOfKinds: Hashable, Sendable {
    private var bureauQuery = Instant.first
    private var movement = Instant.first
    private var cardPurchase = Instant.first

    /// The earliest instant for each kind.
    package init() {}

    package subscript(kind: EventKind) -> Instant {
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
