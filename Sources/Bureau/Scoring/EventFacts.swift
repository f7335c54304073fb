/// What base C holds of a subject's latest events, with a number in place of each requester.
public struct EventFacts: Sendable, Hashable, PersonalValue {
    /// In any order.
    public var queries: KindFacts<QueryFacts>
    public var movements: KindFacts<MovementFacts>
    public var purchases: KindFacts<PurchaseFacts>

    public init(
        queries: KindFacts<QueryFacts> = KindFacts(), movements: KindFacts<MovementFacts> = KindFacts(),
        purchases: KindFacts<PurchaseFacts> = KindFacts()
    ) {
        self.queries = queries
        self.movements = movements
        self.purchases = purchases
    }
}

/// The events of one kind, in any order.
public struct KindFacts<Content: Sendable & Hashable>: Sendable, Hashable, PersonalValue {
    public var events: [DatedFact<Content>]
    /// All events of the kind that occurred after this instant are here; older ones may have been dropped.
    public var completeAfter: Instant

    public init(_ events: [DatedFact<Content>] = [], completeAfter: Instant = .first) {
        self.events = events
        self.completeAfter = completeAfter
    }
}

/// What characteristics use of an event, with its times.
public struct DatedFact<Content: Sendable & Hashable>: Sendable, Hashable, PersonalValue {
    public var occurredAt: Instant
    /// Nil for an event of which it was not kept.
    public var recordedAt: Instant?
    public var content: Content

    public init(occurredAt: Instant, recordedAt: Instant?, _ content: Content) {
        self.occurredAt = occurredAt
        self.recordedAt = recordedAt
        self.content = content
    }
}

/// A bureau query.
public struct QueryFacts: Sendable, Hashable, PersonalValue {
    /// Tells the requesters of one person's queries apart.
    public var requester: Int
    public var purpose: Purpose?

    public init(requester: Int, purpose: Purpose?) {
        self.requester = requester
        self.purpose = purpose
    }
}

/// A movement of money.
public struct MovementFacts: Sendable, Hashable, PersonalValue {
    public var direction: Direction
    public var amount: Money
    public var isCash: Bool

    public init(direction: Direction, amount: Money, isCash: Bool) {
        self.direction = direction
        self.amount = amount
        self.isCash = isCash
    }
}

/// A purchase by card.
public struct PurchaseFacts: Sendable, Hashable, PersonalValue {
    public var amount: Money
    public var isApproved: Bool
    public var isInInstallments: Bool

    public init(amount: Money, isApproved: Bool, isInInstallments: Bool) {
        self.amount = amount
        self.isApproved = isApproved
        self.isInInstallments = isInInstallments
    }
}
