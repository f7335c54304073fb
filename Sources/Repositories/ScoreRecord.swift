import Bureau

/// A score to keep.
package struct NewScore: Sendable {
    /// Made together with the score, so that identifiers sort by time of computation.
    package var scoreID: RecordID
    package var token: SubjectToken
    package var computedAt: Instant
    /// The score with all that it was computed from, as one value. No store looks inside.
    package var packed: [UInt8]
    /// When a store may delete the score.
    package var expiresAt: Instant
    /// What is kept of the write, so that it can be asked for again.
    package var receipt: NewReceipt?

    package init(
        scoreID: RecordID, token: SubjectToken, computedAt: Instant, packed: [UInt8], expiresAt: Instant
    ) {
        self.scoreID = scoreID
        self.token = token
        self.computedAt = computedAt
        self.packed = packed
        self.expiresAt = expiresAt
    }
}

/// A score of a subject, as base B keeps it.
package struct ScoreRecord: Hashable, Sendable {
    package var scoreID: RecordID
    package var token: SubjectToken
    package var computedAt: Instant
    package var content: ScoreContent

    package init(scoreID: RecordID, token: SubjectToken, computedAt: Instant, content: ScoreContent) {
        self.scoreID = scoreID
        self.token = token
        self.computedAt = computedAt
        self.content = content
    }

    package init(_ new: NewScore) {
        self.init(scoreID: new.scoreID, token: new.token, computedAt: new.computedAt, content: .packed(new.packed))
    }
}

/// What is kept of a score.
package enum ScoreContent: Hashable, Sendable, PersonalValue {
    /// The value that was given to ``ProfileRepository/append(_:)``.
    case packed([UInt8])
    /// The points of version 0.1.0, which kept no inputs. Such scores are read, and no longer written.
    case points(FormerScore)
}

/// A score as version 0.1.0 kept it.
package struct FormerScore: Hashable, Sendable, PersonalValue {
    package struct Points: Hashable, Sendable {
        package var characteristic: String
        package var points: Int32
        package var attainable: Int32

        package init(characteristic: String, points: Int32, attainable: Int32) {
            self.characteristic = characteristic
            self.points = points
            self.attainable = attainable
        }
    }

    package var model: String
    package var version: Int
    package var rawScore: Int64
    /// In the scorecard's order.
    package var points: [Points]

    package init(model: String, version: Int, rawScore: Int64, points: [Points]) {
        self.model = model
        self.version = version
        self.rawScore = rawScore
        self.points = points
    }
}

/// A scorecard that has served on a base. Its name and version stand for this one card for ever.
package struct RegisteredModel: Hashable, Sendable {
    package var name: String
    package var version: Int
    /// The SHA-256 of the card's canonical file.
    package var hash: [UInt8]
    /// The canonical file, so that old scores can be computed again.
    package var card: [UInt8]

    package init(name: String, version: Int, hash: [UInt8], card: [UInt8]) {
        self.name = name
        self.version = version
        self.hash = hash
        self.card = card
    }
}
