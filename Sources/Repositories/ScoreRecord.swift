import Bureau

/// A score that was computed, with what explains it.
package struct ScoreRecord: Hashable, Sendable {
    /// Made when the score was: the order of identifiers is the order of computing.
    package var scoreID: RecordID
    package var token: SubjectToken
    package var computedAt: Instant
    package var score: Score

    package init(scoreID: RecordID, token: SubjectToken, computedAt: Instant, score: Score) {
        self.scoreID = scoreID
        self.token = token
        self.computedAt = computedAt
        self.score = score
    }
}
