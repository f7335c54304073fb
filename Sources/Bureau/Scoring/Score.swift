/// The result of a scorecard for one person, with the reasons for lost points.
package struct Score: Sendable, Hashable, PersonalValue {
    /// The most reasons that a score has.
    package static let maximumReasons = 4

    /// The model's name.
    package let model: String
    /// The model's version, from 1.
    package let version: Int
    /// The sum of the base points and all other points, not limited to 0...1000.
    package let rawScore: Int64
    /// The points of each characteristic, in the scorecard's order.
    package let points: [CharacteristicPoints]

    package init(model: String, version: Int, rawScore: Int64, points: [CharacteristicPoints]) {
        self.model = model
        self.version = version
        self.rawScore = rawScore
        self.points = points
    }

    /// The raw score, limited to 0...1000.
    package var score: Int { Int(min(max(rawScore, 0), 1000)) }

    /// The largest losses above 0, at most `maximumReasons`: the largest first, equal ones in the scorecard's order.
    package var reasons: [ScoreReason] {
        points.enumerated()
            .filter { $0.element.loss > 0 }
            .sorted { ($1.element.loss, $0.offset) < ($0.element.loss, $1.offset) }
            .prefix(Self.maximumReasons)
            .map { ScoreReason(characteristic: $0.element.characteristic, loss: $0.element.loss) }
    }
}

/// The points of one characteristic, and the most that were attainable.
package struct CharacteristicPoints: Sendable, Hashable, PersonalValue {
    package let characteristic: CharacteristicName
    package let points: Int32
    /// The best points of a known value.
    package let attainable: Int32

    package init(characteristic: CharacteristicName, points: Int32, attainable: Int32) {
        self.characteristic = characteristic
        self.points = points
        self.attainable = attainable
    }

    /// The attainable points that were not given; negative when a missing value earns more than any known value.
    package var loss: Int64 { Int64(attainable) - Int64(points) }
}

/// A characteristic that cost a person many points.
package struct ScoreReason: Sendable, Hashable, PersonalValue {
    package let characteristic: CharacteristicName
    /// The attainable points that were not given; at least 1.
    package let loss: Int64
}
