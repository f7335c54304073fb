/// An additive points scorecard: base points, and a table of points for each characteristic.
public struct Scorecard: Sendable, Hashable {
    /// What a daemon does with a scorecard's scores.
    public enum Role: String, CaseIterable, Sendable {
        /// They are answered.
        case champion
        /// They are computed on the champion's inputs and kept, and never answered.
        case shadow
    }

    /// The model's name.
    public let model: String
    /// The model's version, from 1; changing any point makes a new version.
    public let version: Int
    public var role: Role
    public let description: String
    /// Whether the age counts; then nobody from 60 up has fewer points for it than somebody younger.
    public let usesAge: Bool
    /// Whether the person's consent is needed: always for movements and purchases.
    public let requiresConsent: Bool
    /// The points of every person.
    public let basePoints: Int32
    /// At least one, without repetition, in the order of points and of equal reasons.
    public let characteristics: [ScoredCharacteristic]
    public let modelCard: ModelCard?

    /// Throws `ScorecardError` for a scorecard that has no points for some value, or that costs the old points.
    public init(
        model: String, version: Int, role: Role = .champion, description: String = "", usesAge: Bool = false,
        requiresConsent: Bool = false, basePoints: Int32, characteristics: [ScoredCharacteristic],
        modelCard: ModelCard? = nil
    ) throws(ScorecardError) {
        guard !characteristics.isEmpty else { throw .noCharacteristics }
        var names: Set<String> = []
        for characteristic in characteristics {
            guard names.insert(characteristic.name).inserted else {
                throw .duplicateCharacteristic(characteristic.name)
            }
            try characteristic.validate()
            if characteristic.name == Self.ageName {
                guard usesAge else { throw .ageNotDeclared }
                try characteristic.validateAge()
            }
            if !requiresConsent, Self.needsConsent(characteristic.name) {
                throw .consentNotDeclared(characteristic.name)
            }
        }
        self.model = model
        self.version = version
        self.role = role
        self.description = description
        self.usesAge = usesAge
        self.requiresConsent = requiresConsent
        self.basePoints = basePoints
        self.characteristics = characteristics
        self.modelCard = modelCard
    }

    /// The characteristic that counts only in a scorecard that says so.
    public static let ageName = "age"

    /// Whether a scorecard with a characteristic of the name must say `requiresConsent`.
    public static func needsConsent(_ name: String) -> Bool { CharacteristicName(name)?.needsConsent ?? false }

    /// Computes the score of values, one for each characteristic in their order. The same values always have the same
    /// score.
    public func score(_ values: [CharacteristicValue]) -> Score {
        precondition(values.count == characteristics.count, "a value for each characteristic")
        var rawScore = Int64(basePoints)
        var points: [CharacteristicPoints] = []
        points.reserveCapacity(values.count)
        for (characteristic, value) in zip(characteristics, values) {
            let attribute = characteristic.attribute(of: value)
            // Few characteristics of 32 bits each: the 64-bit sum cannot overflow.
            rawScore += Int64(attribute.points)
            points.append(CharacteristicPoints(characteristic, value, attribute))
        }
        return Score(model: model, version: version, rawScore: rawScore, points: points)
    }
}

/// What developers and approvers say of a model (a model card, Mitchell et al. 2019).
public struct ModelCard: Sendable, Hashable {
    /// The data that the model was fitted to.
    public struct Data: Sendable, Hashable {
        public var description: String
        /// The SHA-256 of the file, in hexadecimal.
        public var sha256: String?
        public var rows: Int?
        public var bads: Int?

        public init(description: String, sha256: String? = nil, rows: Int? = nil, bads: Int? = nil) {
            self.description = description
            self.sha256 = sha256
            self.rows = rows
            self.bads = bads
        }
    }

    /// Who approved the model, and on which day.
    public struct Approval: Sendable, Hashable {
        public var by: String
        public var on: CalendarDate

        public init(by: String, on: CalendarDate) {
            self.by = by
            self.on = on
        }
    }

    public var owner: String?
    public var data: Data?
    /// What counts as bad.
    public var label: String?
    /// The time of the observations, and of the outcomes.
    public var window: String?
    /// Figures by name, such as `auc`.
    public var metrics: [String: Double]
    /// What the model is not for.
    public var limits: String?
    public var approval: Approval?

    public init(
        owner: String? = nil, data: Data? = nil, label: String? = nil, window: String? = nil,
        metrics: [String: Double] = [:], limits: String? = nil, approval: Approval? = nil
    ) {
        self.owner = owner
        self.data = data
        self.label = label
        self.window = window
        self.metrics = metrics
        self.limits = limits
        self.approval = approval
    }
}
