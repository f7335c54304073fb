import Bureau
import Repositories
import Vault

/// What is asked of the scores of a model: how they differ between two spans of time.
public struct MonitorRequest: Sendable {
    public var access: Access
    /// A served model; nil: the champion.
    public var model: String?
    public var window: InstantSpan
    /// Nil: as long a span before the window.
    public var baseline: InstantSpan?

    public init(access: Access, model: String?, window: InstantSpan, baseline: InstantSpan?) {
        self.access = access
        self.model = model
        self.window = window
        self.baseline = baseline
    }
}

/// How the scores of a model, and the values that they were computed from, differ between two spans. It holds counts of
/// many scores and nothing about a person.
public struct ModelMonitor: Sendable {
    /// The scores of the model that were computed in a span.
    public struct Scored: Sendable {
        public let span: InstantSpan
        public let count: Int
        /// False when the limit of scores ended the walk; the figures are then those of the scores before it.
        public let isComplete: Bool
    }

    public struct Characteristic: Sendable {
        public let name: String
        /// Over the card's own bins; nil when a span has too few scores.
        public let stability: StabilityIndex?
        /// The shares of scores of the window without a value, by the reason.
        public let missing: [(reason: MissingReason, share: Double)]
    }

    public let model: ModelIdentity
    public let window: Scored
    public let baseline: Scored
    /// Of the raw scores, in ten bands of the baseline.
    public let stability: StabilityIndex?
    public let characteristics: [Characteristic]
}

/// Monitoring of the served models from the inputs that were kept with scores.
public struct MonitorService: Sendable {
    /// The fewest scores of a span that are compared: fewer would tell of single people.
    public static let leastScores = 100

    private let repository: any ProfileRepository
    private let vault: BaseVault
    private let models: ServedModels
    private let trail: AuditTrail
    private let scoreLimit: Int

    /// `vault` is base B's. `scoreLimit`: the most scores that are read for a span, so that no call walks a store
    /// without end.
    public init(
        repository: any ProfileRepository, vault: BaseVault, models: ServedModels, trail: AuditTrail,
        scoreLimit: Int = 200_000
    ) {
        self.repository = repository
        self.vault = vault
        self.models = models
        self.trail = trail
        self.scoreLimit = scoreLimit
    }

    /// Compares the scores of two spans; each question is recorded. `notFound` for a model that is not served.
    public func monitor(_ request: MonitorRequest) async -> Result<ModelMonitor, ServiceError> {
        do throws(ServiceError) {
            try trail.journal(
                request.access.method, .granted, purpose: request.access.purpose, requester: request.access.requester)
            guard let model = models.named(request.model) else { throw .notFound }
            let baseline = request.baseline ?? request.window.before
            var counts = (baseline: MonitorCounts(model), window: MonitorCounts(model))
            let isBaselineComplete = try await walk(baseline) { counts.baseline.add($0) }
            let isWindowComplete = try await walk(request.window) { counts.window.add($0) }
            return .success(
                ModelMonitor(
                    model, counts.window, expected: counts.baseline,
                    window: ModelMonitor.Scored(
                        span: request.window, count: counts.window.count, isComplete: isWindowComplete),
                    baseline: ModelMonitor.Scored(
                        span: baseline, count: counts.baseline.count, isComplete: isBaselineComplete)))
        } catch {
            return .failure(error)
        }
    }

    /// Records a question that was refused.
    public func noteDenied(_ access: Access) {
        try? trail.journal(access.method, .denied, purpose: access.purpose, requester: access.requester)
    }

    /// Takes the scores of a span; false when the limit ended the walk. All of its days are read, because base B does
    /// not know when on its day a score was computed.
    private func walk(_ span: InstantSpan, _ take: (PackedScore) -> Void) async throws(ServiceError) -> Bool {
        let pageLimit = min(2000, scoreLimit)
        var cursor: WalkCursor?
        for _ in 0..<(scoreLimit / pageLimit) {
            let page: ScoreWalkPage
            do throws(StoreError) {
                page = try await repository.scores(in: span.wholeDays, after: cursor, limit: pageLimit)
            } catch {
                throw .store(error)
            }
            try vault.withSession { (session) throws(ServiceError) in
                for record in page.scores {
                    let score = try KeptScore(record, &session)
                    if let packed = score.packed, span.contains(score.record.computedAt) { take(packed) }
                }
            }
            guard let next = page.next else { return true }
            cursor = next
        }
        return false
    }
}

extension InstantSpan {
    /// The days that the span has a part of.
    fileprivate var wholeDays: InstantSpan {
        InstantSpan(from: from.startOfDay, to: to == to.startOfDay ? to : to.endOfDay)
    }

    /// As long a span that ends where this one begins.
    fileprivate var before: InstantSpan {
        let length = to.microsecondsSinceEpoch - from.microsecondsSinceEpoch
        return InstantSpan(
            from: Instant(microsecondsSinceEpoch: from.microsecondsSinceEpoch - length) ?? .first, to: from)
    }
}

/// How many scores of a span have which raw score, and which attribute of each characteristic.
struct MonitorCounts {
    private let model: ServedModel
    private(set) var rawScores: [Int64: Int] = [:]
    /// By characteristic, in the card's order.
    private(set) var attributes: [[Int]]
    private(set) var count = 0

    init(_ model: ServedModel) {
        self.model = model
        attributes = model.card.characteristics.map { [Int](repeating: 0, count: $0.attributeCount) }
    }

    /// Counts a score of the model's own card, as answered or as a shadow's; passes over all others.
    mutating func add(_ packed: PackedScore) {
        let rawScore =
            packed.model.hash == model.identity.hash
            ? packed.rawScore : packed.shadows.first { $0.model.hash == model.identity.hash }?.rawScore
        guard let rawScore, let values = packed.values(for: model.card) else { return }
        count += 1
        rawScores[rawScore, default: 0] += 1
        for (index, value) in values.enumerated() {
            attributes[index][model.card.characteristics[index].attributeNumber(of: value)] += 1
        }
    }

    func missing(_ index: Int) -> [(reason: MissingReason, share: Double)] {
        zip(MissingReason.allCases, attributes[index].suffix(MissingReason.allCases.count)).map { reason, found in
            (reason, count > 0 ? Double(found) / Double(count) : 0)
        }
    }
}

extension ModelMonitor {
    fileprivate init(
        _ model: ServedModel, _ counts: MonitorCounts, expected: MonitorCounts, window: Scored, baseline: Scored
    ) {
        let isEnough = min(counts.count, expected.count) >= MonitorService.leastScores
        let bands = StabilityIndex.bands(
            expected: expected.rawScores.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            actual: counts.rawScores.keys.sorted(), count: 10)
        self.init(
            model: model.identity, window: window, baseline: baseline,
            stability: isEnough
                ? StabilityIndex(
                    expected: Self.counts(expected.rawScores, in: bands),
                    actual: Self.counts(counts.rawScores, in: bands)) : nil,
            characteristics: model.card.characteristics.enumerated().map { index, characteristic in
                Characteristic(
                    name: characteristic.name,
                    stability: isEnough
                        ? StabilityIndex(expected: expected.attributes[index], actual: counts.attributes[index]) : nil,
                    missing: isEnough ? counts.missing(index) : [])
            })
    }

    private static func counts(_ scores: [Int64: Int], in bounds: [Int64]) -> [Int] {
        var result = [Int](repeating: 0, count: bounds.count + 1)
        for (score, count) in scores { result[bounds.firstIndex { score <= $0 } ?? bounds.count] += count }
        return result
    }
}
