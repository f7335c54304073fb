/// What one characteristic gave a person, and the most that it can give.
package struct CharacteristicPoints: Sendable, Hashable, PersonalValue {
    /// What the points are for.
    package let characteristic: CharacteristicName
    /// The points given.
    package let points: Int32
    /// The best points of a known value.
    package let attainable: Int32

    /// Takes the points as a scorecard gave them or a store kept them.
    package init(characteristic: CharacteristicName, points: Int32, attainable: Int32) {
        self.characteristic = characteristic
        self.points = points
        self.attainable = attainable
    }

    /// The points that were attainable and not given; negative when a missing value is worth more than any known one.
    package var loss: Int64 { Int64(attainable) - Int64(points) }
}
