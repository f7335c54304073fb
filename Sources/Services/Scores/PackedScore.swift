import Bureau

/// A score with all that it was computed from, as base B keeps it: with its scorecard it can be computed again.
public struct PackedScore: Hashable, Sendable, PersonalValue {
    /// The instant as of which the inputs hold; base B has it hidden (`RowTimes.hidden`).
    public var asOf: Instant
    public var model: ModelIdentity
    public var rawScore: Int64
    /// The scorecard's characteristics in their order, followed by those that shadows alone use.
    public var inputs: [Input]
    /// What each characteristic of the scorecard gave, in their order.
    public var points: [Points]
    /// The scores of the shadows on the same inputs.
    public var shadows: [Shadow]
    /// Whether account data have no part because the person did not consent.
    public var lacksConsent = false

    /// The value of a characteristic.
    public struct Input: Hashable, Sendable {
        public var name: InputName
        public var value: CharacteristicValue
    }

    public struct Points: Hashable, Sendable {
        public var points: Int32
        public var attainable: Int32
    }

    public struct Shadow: Hashable, Sendable {
        public var model: ModelIdentity
        public var rawScore: Int64
    }
}

/// A scorecard as it is told apart for ever.
public struct ModelIdentity: Hashable, Sendable {
    public var name: String
    public var version: Int
    /// The SHA-256 of the card's canonical file, 32 bytes.
    public var hash: [UInt8]

    public init(name: String, version: Int, hash: [UInt8]) {
        self.name = name
        self.version = version
        self.hash = hash
    }
}

/// A characteristic as inputs name it: by its number in the catalogue, where it has one.
public struct InputName: Hashable, Sendable {
    public let name: String
    /// 0 for a name beyond the catalogue.
    let number: UInt8

    public init(_ name: String) {
        self.name = name
        number = CharacteristicName(name)?.number ?? 0
    }

    init?(number: UInt8) {
        guard let name = CharacteristicName(number: number) else { return nil }
        self.name = name.rawValue
        self.number = number
    }
}

extension PackedScore {
    /// Packs a score with the values that it was computed from, and those of its shadows.
    init(
        asOf: Instant, _ model: ModelIdentity, _ score: Score, inputs: [InputName], values: [CharacteristicValue],
        shadows: [Shadow]
    ) {
        self.init(
            asOf: asOf, model: model, rawScore: score.rawScore,
            inputs: zip(inputs, values).map { Input(name: $0, value: $1) },
            points: score.points.map { Points(points: $0.points, attainable: $0.attainable) }, shadows: shadows)
    }

    /// The values of a scorecard's characteristics, in their order; nil when one was not kept.
    public func values(for card: Scorecard) -> [CharacteristicValue]? {
        var values: [CharacteristicValue] = []
        for characteristic in card.characteristics {
            guard let input = inputs.first(where: { $0.name.name == characteristic.name }) else { return nil }
            values.append(input.value)
        }
        return values
    }

    /// The score as it was kept. With its scorecard, reasons have their texts.
    public func score(by card: Scorecard?) -> Score {
        let again = card.flatMap { card in values(for: card).map(card.score) }
        let kept = Score(
            model: model.name, version: model.version, rawScore: rawScore,
            points: points.indices.map { index in
                let input = inputs[index]
                return CharacteristicPoints(
                    characteristic: input.name.name, points: points[index].points,
                    attainable: points[index].attainable, missing: input.value.missingReason)
            })
        guard let again, again.rawScore == rawScore, again.points.count == points.count else { return kept }
        return again
    }
}
