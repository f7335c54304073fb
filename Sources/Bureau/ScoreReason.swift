/// One of the characteristics that cost a person the most points.
package struct ScoreReason: Sendable, Hashable, PersonalValue {
    /// What cost the points.
    package let characteristic: CharacteristicName
    /// The points lost against the attainable ones; at least 1.
    package let loss: Int64
}
