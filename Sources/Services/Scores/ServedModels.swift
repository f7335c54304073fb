import Bureau
import Repositories

/// A scorecard that the daemon serves.
public struct ServedModel: Sendable {
    public let card: Scorecard
    public let identity: ModelIdentity
    /// The card's canonical file.
    public let canonical: [UInt8]
    /// The card's characteristics, in its order.
    let names: [CharacteristicName]
    /// What the characteristics are computed from.
    public let kinds: FactKinds

    /// Throws the name of a characteristic that the catalogue lacks.
    public init(_ card: Scorecard, hash: [UInt8], canonical: [UInt8]) throws(UnknownCharacteristic) {
        var names: [CharacteristicName] = []
        for characteristic in card.characteristics {
            guard let name = CharacteristicName(characteristic.name) else {
                throw UnknownCharacteristic(model: card.model, name: characteristic.name)
            }
            names.append(name)
        }
        self.card = card
        self.canonical = canonical
        self.names = names
        identity = ModelIdentity(name: card.model, version: card.version, hash: hash)
        kinds = FactKinds(of: names)
    }

    /// Whether the card reads base A or C, so that a purpose has to be stated.
    public var needsPurpose: Bool { !kinds.isSubset(of: .profile) }

    /// The groups of bases A and C that the card reads.
    var groupsBeyondB: FieldGroups { kinds.subtracting(.profile).groups }
}

/// Which of the served scorecards a request names.
public struct RequestedModel: Sendable, Hashable {
    /// Nil: the champion's name.
    public var name: String?
    /// Nil: the champion's where the name is its own, and otherwise the highest.
    public var version: Int?

    public init(_ name: String? = nil, version: Int? = nil) {
        self.name = name
        self.version = version
    }
}

/// A served scorecard has a characteristic that the catalogue lacks.
public struct UnknownCharacteristic: Error {
    public let model: String
    public let name: String
}

/// The scorecards that the daemon serves: the champion, whose scores are answered, and its shadows.
public struct ServedModels: Sendable {
    /// The most shadows, so that a score stays as fast as it is.
    public static let maximumShadows = 4

    public let champion: ServedModel
    public let shadows: [ServedModel]

    public init(champion: ServedModel, shadows: [ServedModel] = []) {
        self.champion = champion
        self.shadows = shadows
    }

    public var all: [ServedModel] { [champion] + shadows }

    /// The card of a name: the champion without one, or where it is the champion's; of several shadows of one name that
    /// of the highest version.
    public func named(_ name: String?) -> ServedModel? {
        guard let name, name != champion.card.model else { return champion }
        return shadows.filter { $0.card.model == name }.max { $0.card.version < $1.card.version }
    }

    /// The card that a request names; nil when none is served under the name, or with the version.
    public func named(_ request: RequestedModel) -> ServedModel? {
        guard let version = request.version else { return named(request.name) }
        let name = request.name ?? champion.card.model
        return all.first { $0.card.model == name && $0.card.version == version }
    }

    /// Whether a request names the champion, as one without a name and a version does.
    public func isChampion(_ request: RequestedModel) -> Bool {
        (request.name ?? champion.card.model) == champion.card.model
            && (request.version ?? champion.card.version) == champion.card.version
    }

    /// What a score by the champion takes.
    var answer: ScoringPlan { ScoringPlan(champion, shadows: shadows) }
}

/// What is computed for one score: the values of several cards at once, each once.
struct ScoringPlan: Sendable {
    let model: ServedModel
    /// The shadows that read no more than the model.
    let shadows: [ServedModel]
    /// The model's characteristics, followed by those of shadows alone.
    let names: [CharacteristicName]
    let inputs: [InputName]
    /// For each shadow the positions of its characteristics among `names`.
    private let positions: [[Int]]

    /// Plans a score by a model. Shadows that read other kinds of facts are left out: they would make an access wider
    /// than its answer needs.
    init(_ model: ServedModel, shadows: [ServedModel] = []) {
        var names = model.names
        self.model = model
        self.shadows = shadows.filter { $0.kinds.isSubset(of: model.kinds) }
        positions = self.shadows.map { shadow in
            shadow.names.map { name in
                if let position = names.firstIndex(of: name) { return position }
                names.append(name)
                return names.count - 1
            }
        }
        self.names = names
        inputs = names.map { InputName($0.rawValue) }
    }

    /// Computes a score of values that are in the order of `names`, and packs it with them.
    func score(_ values: [CharacteristicValue], asOf: Instant) -> (score: Score, packed: PackedScore) {
        let score = model.card.score(Array(values.prefix(model.names.count)))
        let shadows = zip(shadows, positions).map { shadow, positions in
            PackedScore.Shadow(
                model: shadow.identity, rawScore: shadow.card.score(positions.map { values[$0] }).rawScore)
        }
        return (
            score,
            PackedScore(
                asOf: asOf, model.identity, score, inputs: inputs, values: values, shadows: shadows)
        )
    }
}
