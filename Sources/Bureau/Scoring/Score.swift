/// The result of a scorecard for one person, with the reasons for lost points.
public struct Score: Sendable, Hashable, PersonalValue {
    /// The most reasons that a score has.
    public static let maximumReasons = 4

    /// The model's name.
    public let model: String
    /// The model's version, from 1.
    public let version: Int
    /// The sum of the base points and all other points, not limited to 0...1000.
    public let rawScore: Int64
    /// The points of each characteristic, in the scorecard's order.
    public let points: [CharacteristicPoints]

    public init(model: String, version: Int, rawScore: Int64, points: [CharacteristicPoints]) {
        self.model = model
        self.version = version
        self.rawScore = rawScore
        self.points = points
    }

    /// The raw score, limited to 0...1000.
    public var score: Int { Int(min(max(rawScore, 0), 1000)) }

    /// The largest losses above 0, at most `maximumReasons`: the largest first, equal ones in the scorecard's order.
    ///
    /// Losses under one reason code are one reason, by their sum (PMML 4.4, `reasonCode`).
    public var reasons: [ScoreReason] {
        var reasons: [ScoreReason] = []
        for point in points {
            let code = point.reason?.code
            if code != nil, let index = reasons.firstIndex(where: { $0.reason?.code == code }) {
                reasons[index].loss += point.loss
            } else {
                reasons.append(ScoreReason(point))
            }
        }
        return Array(
            reasons.enumerated()
                .filter { $0.element.loss > 0 }
                .sorted { ($1.element.loss, $0.offset) < ($0.element.loss, $1.offset) }
                .prefix(Self.maximumReasons)
                .map(\.element))
    }
}

/// The points of one characteristic, and the baseline against which they are a loss.
public struct CharacteristicPoints: Sendable, Hashable, PersonalValue {
    /// The name of the characteristic.
    public let characteristic: String
    public let points: Int32
    /// The scorecard's baseline, by default the best points of a known value.
    public let attainable: Int32
    /// Why there was no value; nil when there was one.
    public let missing: MissingReason?
    public let reason: ReasonText?

    public init(
        characteristic: String, points: Int32, attainable: Int32, missing: MissingReason? = nil,
        reason: ReasonText? = nil
    ) {
        self.characteristic = characteristic
        self.points = points
        self.attainable = attainable
        self.missing = missing
        self.reason = reason
    }

    init(_ characteristic: ScoredCharacteristic, _ value: CharacteristicValue, _ attribute: AttributePoints) {
        self.init(
            characteristic: characteristic.name, points: attribute.points, attainable: characteristic.baseline,
            missing: value.missingReason, reason: attribute.reason)
    }

    /// The attainable points that were not given; negative when a missing value earns more than the baseline.
    public var loss: Int64 { Int64(attainable) - Int64(points) }
}

extension CharacteristicValue {
    /// Why there is no value; nil when there is one.
    public var missingReason: MissingReason? {
        if case .missing(let reason) = self { reason } else { nil }
    }
}

/// A characteristic that cost a person many points.
public struct ScoreReason: Sendable, Hashable, PersonalValue {
    /// The name of the characteristic; the first of those that share a reason code.
    public let characteristic: String
    /// The attainable points that were not given; at least 1.
    public fileprivate(set) var loss: Int64
    /// Why there was no value; nil when it was a known value that cost the points.
    public let missing: MissingReason?
    public let reason: ReasonText?

    public init(
        characteristic: String, loss: Int64, missing: MissingReason? = nil, reason: ReasonText? = nil
    ) {
        self.characteristic = characteristic
        self.loss = loss
        self.missing = missing
        self.reason = reason
    }

    fileprivate init(_ point: CharacteristicPoints) {
        self.init(
            characteristic: point.characteristic, loss: point.loss, missing: point.missing, reason: point.reason)
    }
}
