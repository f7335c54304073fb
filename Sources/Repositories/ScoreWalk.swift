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

/// Some scores of a walk, without the subjects that they are about.
public struct ScoreWalkPage: Hashable, Sendable {
    /// A score with what it was computed from.
    public struct Score: Hashable, Sendable {
        public var computedAt: Instant
        public var packed: [UInt8]

        public init(computedAt: Instant, packed: [UInt8]) {
            self.computedAt = computedAt
            self.packed = packed
        }
    }

    public var scores: [Score]
    /// Nil after the last page. A page may be empty although further ones follow.
    public var next: WalkCursor?

    public init(scores: [Score], next: WalkCursor?) {
        self.scores = scores
        self.next = next
    }
}
