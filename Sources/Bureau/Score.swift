/// What a scorecard made of a person, and why.
package struct Score: Sendable, Hashable, PersonalValue {
    /// The points of one characteristic.
    package struct Points: Sendable, Hashable, PersonalValue {
        package let characteristic: CharacteristicName
        package let points: Int32

        package init(characteristic: CharacteristicName, points: Int32) {
            self.characteristic = characteristic
            self.points = points
        }
    }

    /// The most reasons that a score gives.
    package static let maximumReasons = 4

    /// The model's name.
    package let model: String
    /// The model's version.
    package let version: String
    /// The sum of the base points and of all points, as it came out.
    package let rawScore: Int64
    /// The points of each characteristic, in the scorecard's order.
    package let points: [Points]
    /// The characteristics that cost the most points, the costliest first; at most `maximumReasons`.
    package let reasons: [CharacteristicName]

    package init(model: String, version: String, rawScore: Int64, points: [Points], reasons: [CharacteristicName]) {
        self.model = model
        self.version = version
        self.rawScore = rawScore
        self.points = points
        self.reasons = reasons
    }

    /// The raw score held between 0 and 1000.
    package var score: Int { Int(min(max(rawScore, 0), 1000)) }
}
