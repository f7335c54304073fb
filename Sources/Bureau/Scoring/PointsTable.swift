/// The points for the known values of one characteristic.
public enum PointsTable: Sendable, Hashable {
    /// At least one, in ascending order, without overlap.
    case bins([PointsBin])
    /// At least one; no value is in two of them.
    case categories([PointsCategory])
}

/// A range of numbers in a table of points: from `from`, inclusive, up to `to`, exclusive.
public struct PointsBin: Sendable, Hashable {
    /// Nil: without a lower end.
    public let from: Double?
    /// Nil: without an upper end.
    public let to: Double?
    public let attribute: AttributePoints

    public init(from: Double?, to: Double?, _ attribute: AttributePoints) {
        self.from = from
        self.to = to
        self.attribute = attribute
    }

    public func contains(_ value: Double) -> Bool {
        value >= from ?? -.infinity && (to.map { value < $0 } ?? true)
    }
}

/// Categories that have the same points.
public struct PointsCategory: Sendable, Hashable {
    /// At least one.
    public let values: [String]
    public let attribute: AttributePoints

    public init(values: [String], _ attribute: AttributePoints) {
        self.values = values
        self.attribute = attribute
    }
}

/// The points of one bin or kind of missing value, and why they are no more.
public struct AttributePoints: Sendable, Hashable {
    public let points: Int32
    public let reason: ReasonText?

    public init(_ points: Int32, reason: ReasonText? = nil) {
        self.points = points
        self.reason = reason
    }
}

/// Why points were lost, in words for the person.
public struct ReasonText: Sendable, Hashable {
    /// A short name of the reason, which several characteristics may share.
    public let code: String?
    public let english: String?
    public let portuguese: String?

    public init(code: String? = nil, english: String? = nil, portuguese: String? = nil) {
        self.code = code
        self.english = english
        self.portuguese = portuguese
    }
}

/// The points of a value that is missing, for each reason.
public struct MissingPoints: Sendable, Hashable {
    public let noRecord: AttributePoints
    public let notApplicable: AttributePoints
    public let truncated: AttributePoints
    public let notKnownThen: AttributePoints

    public init(
        noRecord: AttributePoints, notApplicable: AttributePoints, truncated: AttributePoints,
        notKnownThen: AttributePoints
    ) {
        self.noRecord = noRecord
        self.notApplicable = notApplicable
        self.truncated = truncated
        self.notKnownThen = notKnownThen
    }

    /// The same points for each reason.
    public init(_ attribute: AttributePoints) {
        self.init(noRecord: attribute, notApplicable: attribute, truncated: attribute, notKnownThen: attribute)
    }

    public subscript(_ reason: MissingReason) -> AttributePoints {
        switch reason {
        case .noRecord: noRecord
        case .notApplicable: notApplicable
        case .truncated: truncated
        case .notKnownThen: notKnownThen
        }
    }
}

/// One characteristic of a scorecard with its table of points.
public struct ScoredCharacteristic: Sendable, Hashable {
    /// The name in the catalogue, or of a column.
    public let name: String
    public let unit: String?
    /// The points against which losses are told (PMML 4.4, `baselineScore`).
    public let baseline: Int32
    public let table: PointsTable
    /// The points of a known value that is in no bin or category; nil when every number is in a bin.
    public let other: AttributePoints?
    public let missing: MissingPoints

    public init(
        name: String, unit: String? = nil, baseline: Int32, table: PointsTable, other: AttributePoints? = nil,
        missing: MissingPoints
    ) {
        self.name = name
        self.unit = unit
        self.baseline = baseline
        self.table = table
        self.other = other
        self.missing = missing
    }

    /// The points of a value. A number where the table has categories, or the reverse, counts as any other value, and
    /// as missing when the table has no points for others.
    public func attribute(of value: CharacteristicValue) -> AttributePoints {
        let found: AttributePoints? =
            switch (value, table) {
            case (.missing(let reason), _): missing[reason]
            case (.number(let number), .bins(let bins)): bins.first { $0.contains(number) }?.attribute
            case (.category(let name), .categories(let categories)):
                categories.first { $0.values.contains(name) }?.attribute
            case (.number, .categories), (.category, .bins): nil
            }
        return found ?? other ?? missing.noRecord
    }
}
