import Bureau
import JSON

/// The figures of a validation as one JSON object, for programs. A figure that does not exist is null.
public struct ValidationJSON {
    private let validation: Validation
    private let maker: String

    public init(_ validation: Validation, maker: String) {
        self.validation = validation
        self.maker = maker
    }

    /// The object and a line feed.
    public var bytes: [UInt8] {
        var writer = Writer()
        writer.object { object in
            object.member("madeBy", maker)
            writeIdentity(to: &object)
            writeDiscrimination(to: &object)
            writeCalibration(to: &object)
            writeCharacteristics(to: &object)
            writeStability(to: &object)
            writeAges(to: &object)
        }
        writer.raw("\n")
        return writer.take()
    }

    private func writeIdentity(to object: inout Writer) {
        object.key("card")
        object.object { card in
            card.member("model", validation.card.model)
            card.member("version", validation.card.version)
            card.member("sha256", validation.cardHash)
        }
        object.key("data")
        Self.write(validation.data, validation.sample, to: &object)
        object.key("baseline")
        if let baseline = validation.baseline, let sample = validation.baselineSample {
            Self.write(baseline, sample, to: &object)
        } else {
            object.null()
        }
        object.key("label")
        object.object { label in
            label.member("column", validation.label.column)
            if let positive = validation.label.positive { label.member("positive", positive) }
        }
    }

    private static func write(_ source: Validation.Source, _ sample: CardSample, to object: inout Writer) {
        object.object { item in
            item.member("name", source.name)
            item.member("sha256", source.sha256)
            item.member("rows", sample.rowCount)
            item.member("unlabelled", sample.unlabelledCount)
        }
    }

    private func writeDiscrimination(to object: inout Writer) {
        let scores = validation.scores
        object.key("discrimination")
        object.object { item in
            item.member("cases", scores.total.total)
            item.member("bad", scores.total.bad)
            item.member("auc", scores.areaUnderCurve)
            item.member("aucInterval", validation.intervals?.areaUnderCurve)
            item.member("gini", scores.gini)
            item.member("ks", scores.kolmogorovSmirnov?.value)
            item.member("ksInterval", validation.intervals?.kolmogorovSmirnov)
            item.member("ksScore", scores.kolmogorovSmirnov?.score)
            item.member("meanScore", scores.mean)
            item.members("gains", scores.gains()) { row, gains in
                gains.member("upTo", row.upTo)
                gains.member("cases", row.counts.total)
                gains.member("bad", row.counts.bad)
                gains.member("caseShare", row.caseShare)
                gains.member("badShare", row.badShare)
                gains.member("lift", row.lift)
            }
        }
    }

    private func writeCalibration(to object: inout Writer) {
        object.key("calibration")
        guard let calibration = validation.calibration, let scale = validation.scale else { return object.null() }
        object.object { item in
            item.member("scale", validation.scaleOrigin.rawValue)
            item.member("pdo", scale.pointsToDouble)
            item.member("odds", scale.odds)
            item.member("at", scale.at)
            item.member("brier", calibration.brier)
            item.member("predicted", calibration.predicted)
            item.member("observed", calibration.observed)
            item.member("slope", calibration.regression?.slope)
            item.member("intercept", calibration.regression?.intercept)
            item.member("hosmerLemeshow", calibration.hosmerLemeshow)
            item.member("hosmerLemeshowP", calibration.p)
            item.members("bands", calibration.bands) { band, bands in
                bands.member("upTo", band.upTo)
                bands.member("cases", band.counts.total)
                bands.member("bad", band.counts.bad)
                bands.member("predicted", band.predicted)
            }
        }
    }

    private func writeCharacteristics(to object: inout Writer) {
        object.members("characteristics", validation.characteristics) { figures, item in
            item.member("characteristic", figures.name)
            item.member("iv", figures.informationValue)
            item.key("csi")
            Self.write(figures.stability, to: &item)
            item.members("attributes", figures.rows) { row, attribute in
                Self.write(row.kind, to: &attribute)
                attribute.member("points", Int(row.points))
                attribute.member("cases", row.counts.total)
                attribute.member("bad", row.counts.bad)
                attribute.member("woe", row.weight)
                attribute.member("iv", row.contribution)
                if let share = row.stability?.expectedShare { attribute.member("baselineShare", share) }
            }
        }
    }

    private static func write(_ kind: CharacteristicFigures.Kind, to object: inout Writer) {
        switch kind {
        case .bin(let range):
            if let from = range.from { object.member("from", from) }
            if let to = range.to { object.member("to", to) }
        case .category(let values):
            object.key("values")
            object.array { list in
                for value in values { list.string(value) }
            }
        case .other: object.member("other", true)
        case .missing(let reason): object.member("missing", reason.rawValue)
        }
    }

    private func writeStability(to object: inout Writer) {
        object.key("psi")
        Self.write(validation.stability, to: &object)
        object.key("twoSampleKS")
        if let test = validation.twoSamples {
            object.object { item in
                item.member("statistic", test.statistic)
                item.member("p", test.p)
            }
        } else {
            object.null()
        }
    }

    private static func write(_ index: StabilityIndex?, to object: inout Writer) {
        guard let index else { return object.null() }
        object.object { item in
            item.member("value", index.value)
            item.member("meanByChance", index.meanByChance)
            item.member("limitByChance", index.limitByChance)
            item.member("reading", index.reading.rawValue)
        }
    }

    private func writeAges(to object: inout Writer) {
        object.key("ages")
        guard let ages = validation.ages else { return object.null() }
        object.object { item in
            item.members("cutOffs", ages.cutOffs) { cutOff, list in
                list.member("score", cutOff.score)
                list.member("approved", cutOff.approved)
            }
            item.members("groups", ages.rows) { row, group in
                if let from = row.years.from { group.member("from", from) }
                if let to = row.years.to { group.member("to", to) }
                group.member("cases", row.counts.total)
                group.member("bad", row.counts.bad)
                group.member("meanScore", row.scores.mean)
                group.member("auc", row.scores.areaUnderCurve)
                group.member("predicted", row.predicted)
                group.members("approvals", row.approvals) { approval, list in
                    list.member("share", approval.share)
                    list.member("ratio", approval.ratio)
                    list.member("goodShare", approval.goodShare)
                }
            }
        }
    }
}

/// Members of an object, by the kinds of figures that a report has.
extension Writer {
    fileprivate mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    fileprivate mutating func member(_ name: StaticString, _ flag: Bool) {
        key(name)
        bool(flag)
    }

    fileprivate mutating func member(_ name: StaticString, _ integer: Int) {
        key(name)
        number(integer)
    }

    /// A number by the shortest text that reads back as the same; null for none, and for what JSON has no number for.
    fileprivate mutating func member(_ name: StaticString, _ value: Double?) {
        key(name)
        guard let value, value.isFinite else { return null() }
        Array(value.shortText.utf8).withUnsafeBufferPointer { verbatim($0) }
    }

    /// An array of the lower and the upper end; null without an interval.
    fileprivate mutating func member(_ name: StaticString, _ interval: Bootstrap.Interval?) {
        key(name)
        guard let interval else { return null() }
        array { list in
            for bound in [interval.low, interval.high] {
                Array(bound.shortText.utf8).withUnsafeBufferPointer { list.verbatim($0) }
            }
        }
    }

    /// An array of objects.
    fileprivate mutating func members<Item>(
        _ name: StaticString, _ items: [Item], _ write: (Item, inout Writer) -> Void
    ) {
        key(name)
        array { list in
            for item in items { list.object { write(item, &$0) } }
        }
    }
}
