/// An additive points scorecard: base points, and a table of points for each characteristic that it looks at.
package struct Scorecard: Sendable, Hashable {
    /// The model's name.
    package let model: String
    /// The model's version, from 1; a change of any point is a new one.
    package let version: Int
    /// The points that everybody has.
    package let basePoints: Int32
    /// At least one, none twice, in the order in which points and tied reasons are given.
    package let characteristics: [Characteristic]

    /// Throws `ScorecardError.noCharacteristics` for none, `.duplicateCharacteristic` for one that is there twice.
    package init(
        model: String, version: Int, basePoints: Int32, characteristics: [Characteristic]
    ) throws(ScorecardError) {
        guard !characteristics.isEmpty else { throw .noCharacteristics }
        var names: Set<CharacteristicName> = []
        for characteristic in characteristics where !names.insert(characteristic.name).inserted {
            throw .duplicateCharacteristic(characteristic.name)
        }
        self.model = model
        self.version = version
        self.basePoints = basePoints
        self.characteristics = characteristics
    }

    /// The score of `facts` on a day. The same facts on the same day always have the same score.
    package func score(_ facts: ScoringFacts, on date: CalendarDate) -> Score {
        let points = characteristics.map { $0.points(of: facts, on: date) }
        // Few distinct characteristics of 32 bits each: the 64-bit sum cannot overflow.
        let rawScore = points.reduce(Int64(basePoints)) { $0 + Int64($1.points) }
        return Score(model: model, version: version, rawScore: rawScore, points: points)
    }

    /// The score of a profile on a day.
    package func score(_ profile: Profile, on date: CalendarDate) -> Score {
        score(ScoringFacts(profile), on: date)
    }
}
