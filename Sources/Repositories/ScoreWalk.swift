import Bureau

/// A span of time, from an instant up to before another.
package struct InstantSpan: Hashable, Sendable {
    package var from: Instant
    package var to: Instant

    package init(from: Instant, to: Instant) {
        self.from = from
        self.to = to
    }

    package func contains(_ instant: Instant) -> Bool { instant >= from && instant < to }
}

/// Some scores of a walk, without the subjects that they are about.
package struct ScoreWalkPage: Hashable, Sendable {
    /// A score with what it was computed from.
    package struct Score: Hashable, Sendable {
        package var computedAt: Instant
        package var packed: [UInt8]

        package init(computedAt: Instant, packed: [UInt8]) {
            self.computedAt = computedAt
            self.packed = packed
        }
    }

    package var scores: [Score]
    /// Nil after the last page. A page may be empty although further ones follow.
    package var next: WalkCursor?

    package init(scores: [Score], next: WalkCursor?) {
        self.scores = scores
        self.next = next
    }
}
