/// What a scorecard made of a person, and why.
package struct Score: Sendable, Hashable, PersonalValue {
    /// The most reasons that a score gives.
    package static let maximumReasons = 4

    /// The model's name.
    package let model: String
    /// The model's version, from 1.
    package let version: Int
    /// The sum of the base points and of all points, as it came out.
    package let rawScore: Int64
    /// The points of each characteristic, in the scorecard's order.
    package let points: [CharacteristicPoints]

    /// Takes a score as a scorecard computed it or a store kept it.
    package init(model: String, version: Int, rawScore: Int64, points: [CharacteristicPoints]) {
        self.model = model
        self.version = version
        self.rawScore = rawScore
        self.points = points
    }

    /// The raw score held between 0 and 1000.
    package var score: Int { Int(min(max(rawScore, 0), 1000)) }

    /// The largest losses, the largest first and at equal losses in the scorecard's order; at most `maximumReasons`,
    /// none of 0.
    package var reasons: [ScoreReason] {
        points.enumerated()
            .filter { $0.element.loss > 0 }
            .sorted { ($1.element.loss, $0.offset) < ($0.element.loss, $1.offset) }
            .prefix(Self.maximumReasons)
            .map { ScoreReason(characteristic: $0.element.characteristic, loss: $0.element.loss) }
    }
}
