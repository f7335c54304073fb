/// What base C holds of a subject's latest events, with a number in place of each requester.
package struct EventFacts: Sendable, Hashable, PersonalValue {
    /// In any order.
    package var queries: KindFacts<QueryFacts>
    package var movements: KindFacts<MovementFacts>
    package var purchases: KindFacts<PurchaseFacts>

    package init(
        queries: KindFacts<QueryFacts> = KindFacts(), movements: KindFacts<MovementFacts> = KindFacts(),
        purchases: KindFacts<PurchaseFacts> = KindFacts()
    ) {
        self.queries = queries
        self.movements = movements
        self.purchases = purchases
    }
}

/// The events of one kind, in any order.
package struct KindFacts<Content: Sendable & Hashable>: Sendable, Hashable, PersonalValue {
    package var events: [DatedFact<Content>]
    /// All events of the kind that occurred after this instant are here; older ones may have been dropped.
    package var completeAfter: Instant

    package init(_ events: [DatedFact<Content>] = [], completeAfter: Instant = .first) {
        self.events = events
        self.completeAfter = completeAfter
    }
}

/// What characteristics use of an event, with its times.
package struct DatedFact<Content: Sendable & Hashable>: Sendable, Hashable, PersonalValue {
    package var occurredAt: Instant
    /// Nil for an event of which it was not kept.
    package var recordedAt: Instant?
    package var content: Content

    package init(occurredAt: Instant, recordedAt: Instant?, _ content: Content) {
        self.occurredAt = occurredAt
        self.recordedAt = recordedAt
        self.content = content
    }
}

/// A bureau query.
package struct QueryFacts: Sendable, Hashable, PersonalValue {
    /// Tells the requesters of one person's queries apart.
    package var requester: Int
    package var purpose: Purpose?

    package init(requester: Int, purpose: Purpose?) {
        self.requester = requester
        self.purpose = purpose
    }
}

/// A movement of money.
package struct MovementFacts: Sendable, Hashable, PersonalValue {
    package var direction: Direction
    package var amount: Money
    package var isCash: Bool

    package init(direction: Direction, amount: Money, isCash: Bool) {
        self.direction = direction
        self.amount = amount
        self.isCash = isCash
    }
}

/// A purchase by card.
package struct PurchaseFacts: Sendable, Hashable, PersonalValue {
    package var amount: Money
    package var isApproved: Bool
    package var isInInstallments: Bool

    package init(amount: Money, isApproved: Bool, isInInstallments: Bool) {
        self.amount = amount
        self.isApproved = isApproved
        self.isInInstallments = isInInstallments
    }
}
