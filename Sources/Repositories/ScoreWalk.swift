import Bureau

/// A span of time, from an instant up to before another.
public struct InstantSpan: Hashable, Sendable {
    public var from: Instant
    public var to: Instant

    public init(from: Instant, to: Instant) {
        self.from = from
        self.to = to
    }

    public func contains(_ instant: Instant) -> Bool { instant >= from && instant < to }
}

/// Some scores of a walk.
public struct ScoreWalkPage: Hashable, Sendable {
    public var scores: [ScoreRecord]
    /// Nil after the last page. A page may be empty although further ones follow.
    public var next: WalkCursor?

    public init(scores: [ScoreRecord], next: WalkCursor?) {
        self.scores = scores
        self.next = next
    }
}
