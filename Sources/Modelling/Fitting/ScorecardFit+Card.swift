import Bureau
import Scorecards

extension ScorecardFit {
    /// What a card says beside its points.
    public struct Naming: Sendable {
        public var model: String
        public var version: Int
        public var description: String
        public var requiresConsent: Bool
        /// Where the cases come from, and the SHA-256 of the file in hexadecimal.
        public var data: String
        public var sha256: String?
        /// What counts as bad.
        public var label: String

        public init(
            model: String, version: Int, description: String = "", requiresConsent: Bool = false, data: String,
            sha256: String? = nil, label: String
        ) {
            self.model = model
            self.version = version
            self.description = description
            self.requiresConsent = requiresConsent
            self.data = data
            self.sha256 = sha256
            self.label = label
        }
    }

    /// The scorecard with its model card, as it is read once it is written. Throws `ScorecardError`,
    /// `ScorecardFileError` or `FitError` where the rules of cards forbid it.
    public func card(_ naming: Naming) throws -> Scorecard {
        let card = try Scorecard(
            model: naming.model, version: naming.version, description: naming.description,
            usesAge: characteristics.contains { $0.name == Scorecard.ageName },
            requiresConsent: naming.requiresConsent, basePoints: basePoints,
            characteristics: characteristics.map(\.scored),
            modelCard: ModelCard(
                data: ModelCard.Data(
                    description: naming.data, sha256: naming.sha256, rows: classes.total, bads: classes.bad),
                label: naming.label, metrics: metrics))
        guard try ScorecardFile(ScorecardFile.formatted(card)).card == card else { throw FitError.unreadableCard }
        return card
    }

    /// Figures that a reader may compute again, to six digits.
    private var metrics: [String: Double] {
        var metrics = [
            "auc": measures.areaUnderCurve, "gini": measures.gini, "ks": measures.kolmogorovSmirnov,
            "pdo": options.scale.pointsToDouble, "odds": options.scale.odds, "at": options.scale.at,
        ]
        if let outOfFold {
            metrics["folds"] = Double(options.folds)
            metrics["aucOutOfFold"] = outOfFold.areaUnderCurve
            metrics["giniOutOfFold"] = outOfFold.gini
            metrics["ksOutOfFold"] = outOfFold.kolmogorovSmirnov
        }
        return metrics.mapValues { ($0 * 1e6).rounded() / 1e6 }
    }
}

extension ScorecardFit.Characteristic {
    /// The characteristic of a card. Losses are told against the best points of a known value.
    fileprivate var scored: ScoredCharacteristic {
        let known = points[..<bins.binCount].map { AttributePoints($0) }
        let other = AttributePoints(points[bins.binCount])
        let kinds = points[(bins.binCount + 1)...].map { AttributePoints($0) }
        let missing = MissingPoints(
            noRecord: kinds[MissingReason.noRecord.index], notApplicable: kinds[MissingReason.notApplicable.index],
            truncated: kinds[MissingReason.truncated.index], notKnownThen: kinds[MissingReason.notKnownThen.index])
        let baseline = points[..<bins.binCount].max() ?? 0
        switch bins.table {
        case .numbers(let bounds):
            let ends = [nil] + bounds.map(Optional.some) + [nil]
            let table = known.enumerated().map { PointsBin(from: ends[$0.offset], to: ends[$0.offset + 1], $0.element) }
            return ScoredCharacteristic(name: name, baseline: baseline, table: .bins(table), missing: missing)
        case .categories(let groups):
            let table = zip(groups, known).map { PointsCategory(values: $0, $1) }
            return ScoredCharacteristic(
                name: name, baseline: baseline, table: .categories(table), other: other, missing: missing)
        }
    }
}
