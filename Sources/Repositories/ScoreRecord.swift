import Bureau

/// A score to keep.
public struct NewScore: Sendable {
    /// Sorts by the day of computation, and tells no more of the time (`RecordID.hidden`).
    public var scoreID: RecordID
    public var token: SubjectToken
    /// The start of the day in UTC.
    public var computedAt: Instant
    /// The score with all that it was computed from, as one value. No store looks inside.
    public var packed: [UInt8]
    /// When a store may delete the score.
    public var expiresAt: Instant
    /// What is kept of the write, so that it can be asked for again.
    public var receipt: NewReceipt?

    public init(
        scoreID: RecordID, token: SubjectToken, computedAt: Instant, packed: [UInt8], expiresAt: Instant
    ) {
        self.scoreID = scoreID
        self.token = token
        self.computedAt = computedAt
        self.packed = packed
        self.expiresAt = expiresAt
    }
}

/// A score of a subject, as base B keeps it. One of an earlier release has the identifier that clients know, and the
/// time of its computation.
public struct ScoreRecord: Hashable, Sendable {
    public var scoreID: RecordID
    public var token: SubjectToken
    public var computedAt: Instant
    public var content: ScoreContent

    public init(scoreID: RecordID, token: SubjectToken, computedAt: Instant, content: ScoreContent) {
        self.scoreID = scoreID
        self.token = token
        self.computedAt = computedAt
        self.content = content
    }

    public init(_ new: NewScore) {
        self.init(scoreID: new.scoreID, token: new.token, computedAt: new.computedAt, content: .packed(new.packed))
    }
}

/// What is kept of a score.
public enum ScoreContent: Hashable, Sendable, PersonalValue {
    /// The value that was given to ``ProfileRepository/append(_:)``.
    case packed([UInt8])
    /// The points of version 0.1.0, which kept no inputs. Such scores are read, and no longer written.
    case points(FormerScore)
}

/// A score as version 0.1.0 kept it.
public struct FormerScore: Hashable, Sendable, PersonalValue {
    public struct Points: Hashable, Sendable {
        public var characteristic: String
        public var points: Int32
        public var attainable: Int32

        public init(characteristic: String, points: Int32, attainable: Int32) {
            self.characteristic = characteristic
            self.points = points
            self.attainable = attainable
        }
    }

    public var model: String
    public var version: Int
    public var rawScore: Int64
    /// In the scorecard's order.
    public var points: [Points]

    public init(model: String, version: Int, rawScore: Int64, points: [Points]) {
        self.model = model
        self.version = version
        self.rawScore = rawScore
        self.points = points
    }
}

/// A scorecard that has served on a base. Its name and version stand for this one card for ever.
public struct RegisteredModel: Hashable, Sendable {
    public var name: String
    public var version: Int
    /// The SHA-256 of the card's canonical file.
    public var hash: [UInt8]
    /// The canonical file, so that old scores can be computed again.
    public var card: [UInt8]

    public init(name: String, version: Int, hash: [UInt8], card: [UInt8]) {
        self.name = name
        self.version = version
        self.hash = hash
        self.card = card
    }
}
