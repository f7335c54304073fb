/// An additive points scorecard: base points, and a table of points for each characteristic.
package struct Scorecard: Sendable, Hashable {
    /// The model's name.
    package let model: String
    /// The model's version, from 1; changing any point makes a new version.
    package let version: Int
    /// The points of every person.
    package let basePoints: Int32
    /// At least one, without repetition, in the order of points and of equal reasons.
    package let characteristics: [Characteristic]

    /// Throws `ScorecardError.noCharacteristics` or `.duplicateCharacteristic`.
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

    /// Computes the score of `facts` on a day. The same facts on the same day always have the same score.
    package func score(_ facts: ScoringFacts, on date: CalendarDate) -> Score {
        let points = characteristics.map { $0.points(of: facts, on: date) }
        // Few distinct characteristics of 32 bits each: the 64-bit sum cannot overflow.
        let rawScore = points.reduce(Int64(basePoints)) { $0 + Int64($1.points) }
        return Score(model: model, version: version, rawScore: rawScore, points: points)
    }
}

/// The reason why a scorecard or one of its tables is invalid.
package enum ScorecardError: Error, Hashable {
    /// A table has no bin.
    case noBins
    /// The bin at `index` does not begin above the previous bin.
    case binsNotAscending(index: Int)
    /// The scorecard has no characteristic.
    case noCharacteristics
    /// The scorecard has a characteristic twice.
    case duplicateCharacteristic(CharacteristicName)
}

/// The facts about a person that a scorecard uses: no name, no contact, no address.
package struct ScoringFacts: Sendable, Hashable, PersonalValue {
    package var birthDate: CalendarDate
    /// The income of a month from all sources; nil when none is declared.
    package var monthlyIncome: Money?
    /// The value of all assets minus the amounts owed on them; nil when no asset is declared.
    package var netAssets: Money?
    package var housing: Housing?
    /// The first day of the earliest dated salary or self-employment.
    package var employedSince: CalendarDate?
}

extension ScoringFacts {
    /// Extracts the facts of a profile. A total beyond the range of `Money` becomes its largest or smallest amount,
    /// because both are in the same bin.
    package init(_ profile: Profile) {
        birthDate = profile.birthDate
        monthlyIncome = Self.total(profile.incomeSources) { Int128($0.monthlyAmount.cents) }
        netAssets = Self.total(profile.assets) { Int128($0.value.cents) - Int128($0.outstanding?.cents ?? 0) }
        housing = profile.housing
        let employments = profile.incomeSources.filter { $0.kind == .salary || $0.kind == .selfEmployed }
        employedSince = employments.compactMap(\.since).min()
    }

    private static func total<Item>(_ items: [Item], _ cents: (Item) -> Int128) -> Money? {
        guard !items.isEmpty else { return nil }
        return Money(cents: Int64(clamping: items.reduce(0) { $0 + cents($1) }))
    }
}
