import Tables

/// The ages that a validation compares.
public enum AgeGroup: Int, CaseIterable, Sendable {
    case under26, from26, from36, from46, from60, unknown

    /// The group of a field of years; nil when it is neither a number nor missing.
    init?(_ field: CSVField) {
        guard let age = field.number else {
            guard field.isMissing else { return nil }
            self = .unknown
            return
        }
        self = age < 26 ? .under26 : age < 36 ? .from26 : age < 46 ? .from36 : age < 60 ? .from46 : .from60
    }

    /// The first and the last completed year; nil where the group has no end.
    var years: (from: Int?, to: Int?) {
        switch self {
        case .under26: (nil, 25)
        case .from26: (26, 35)
        case .from36: (36, 45)
        case .from46: (46, 59)
        case .from60: (60, nil)
        case .unknown: (nil, nil)
        }
    }

    /// Whether the group is among those with which the others are compared: 26 to 59 years.
    var isReference: Bool { [.from26, .from36, .from46].contains(self) }
}

/// How people of different ages fare by a score: cells with fewer than `leastCases` are merged with their neighbours,
/// so that no figure is about a handful of people.
public struct AgeComparison: Sendable {
    public static let leastCases = 10

    /// A cut-off: everybody with at least this score is approved.
    public struct CutOff: Hashable, Sendable {
        public let score: Double
        /// The share of all cases that is approved.
        public let approved: Double
    }

    public struct Row: Sendable {
        /// From the first to the last year; nil where there is no end, both nil where the age is not known.
        public let years: (from: Int?, to: Int?)
        public let scores: ScoreDistribution
        /// What is approved at each cut-off: the share of cases, its ratio to that of the ages from 26 to 59, and the
        /// share of good cases.
        public let approvals: [(share: Double, ratio: Double?, goodShare: Double?)]
        /// The mean probability of bad that the score promised to the group; nil without a promise.
        public let predicted: Double?

        public var counts: ClassCounts { scores.total }
        public var badRate: Double? { counts.total > 0 ? Double(counts.bad) / Double(counts.total) : nil }
    }

    public let cutOffs: [CutOff]
    public let rows: [Row]

    /// Compares at the cut-offs that approve about `shares` of all cases; nil where ages are not known.
    public init?(_ sample: CardSample, promised scale: OddsScale?, approving shares: [Double] = [0.9, 0.7, 0.5]) {
        let groups = Self.merged(sample.ages.filter { $0.scores.total.total > 0 })
        guard groups.contains(where: { $0.years.from != nil || $0.years.to != nil }) else { return nil }
        let all = sample.scores
        let cutOffs = shares.map { Self.cutOff(all, approving: $0) }
        let reference = sample.ages.filter(\.group.isReference).map(\.scores)
        rows = groups.map { years, scores in
            let approvals = cutOffs.map { cutOff in
                let counts = scores.counts(from: cutOff.score)
                let share = Double(counts.total) / Double(scores.total.total)
                let expected = Self.approved(reference, at: cutOff.score)
                return (
                    share: share, ratio: expected.flatMap { $0 > 0 ? share / $0 : nil },
                    goodShare: scores.total.good > 0 ? Double(counts.good) / Double(scores.total.good) : nil
                )
            }
            return Row(
                years: years, scores: scores, approvals: approvals,
                predicted: scale.map { scale in scores.mean { scale.probabilityOfBad($0) } } ?? nil)
        }
        self.cutOffs = cutOffs
    }

    /// The share of the cases of several distributions that is approved; nil where they are too few.
    private static func approved(_ distributions: [ScoreDistribution], at score: Double) -> Double? {
        let total = distributions.reduce(0) { $0 + $1.total.total }
        guard total >= leastCases else { return nil }
        return Double(distributions.reduce(0) { $0 + $1.counts(from: score).total }) / Double(total)
    }

    /// The cut-off whose approved share is nearest to `share`.
    private static func cutOff(_ scores: ScoreDistribution, approving share: Double) -> CutOff {
        var rest = scores.total.total
        var nearest = CutOff(score: scores.scores.first ?? 0, approved: 1)
        for (score, counts) in zip(scores.scores, scores.counts) {
            let approved = Double(rest) / Double(max(1, scores.total.total))
            if abs(approved - share) < abs(nearest.approved - share) {
                nearest = CutOff(score: score, approved: approved)
            }
            rest -= counts.total
        }
        return nearest
    }

    private typealias Merged = (years: (from: Int?, to: Int?), scores: ScoreDistribution)

    /// Merges small groups with the next older one, and the last with the one before. People whose age is not known
    /// stay apart, and are left out where they are few.
    private static func merged(_ groups: [(group: AgeGroup, scores: ScoreDistribution)]) -> [Merged] {
        var result: [Merged] = []
        for (group, scores) in groups where group != .unknown {
            if let last = result.last, last.scores.total.total < leastCases {
                result[result.count - 1] = ((last.years.from, group.years.to), last.scores + scores)
            } else {
                result.append((group.years, scores))
            }
        }
        if result.count > 1, let last = result.last, last.scores.total.total < leastCases {
            result.removeLast()
            let before = result.removeLast()
            result.append(((before.years.from, last.years.to), before.scores + last.scores))
        }
        result.removeAll { $0.scores.total.total < leastCases }
        let unknown = groups.first { $0.group == .unknown && $0.scores.total.total >= leastCases }
        return result + (unknown.map { [($0.group.years, $0.scores)] } ?? [])
    }
}

extension ScoreDistribution {
    /// The cases with at least a score.
    func counts(from score: Double) -> ClassCounts {
        zip(scores, counts).reduce(ClassCounts()) { $1.0 >= score ? $0 + $1.1 : $0 }
    }

    /// The mean of a function of the score over all cases; nil without a case.
    func mean(_ value: (Double) -> Double) -> Double? {
        guard total.total > 0 else { return nil }
        return zip(scores, counts).reduce(0) { $0 + value($1.0) * Double($1.1.total) } / Double(total.total)
    }

    static func + (left: ScoreDistribution, right: ScoreDistribution) -> ScoreDistribution {
        ScoreDistribution(zip(left.scores + right.scores, left.counts + right.counts).map { ($0, $1) })
    }
}
