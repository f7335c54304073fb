import Bureau

/// The table of points of one `<Characteristic>`: from attributes of which the first true one wins to values that no
/// two bins share.
struct PMMLTable: Sendable {
    /// Values that have the same points; no two pieces share a value.
    private struct Piece {
        var values: ValueSet
        let attribute: AttributePoints
    }

    let name: String
    private let field: PMMLField
    private var pieces: [Piece] = []
    /// The points of values that are in no piece.
    private var other: AttributePoints?
    /// The points of a missing value of any kind.
    private var missing: AttributePoints?
    /// The points of a kind of missing value that the document tells apart.
    private var kinds: [MissingReason: AttributePoints] = [:]

    /// Reads the attributes of a characteristic over one field.
    ///
    /// - Parameter attribute: reads the points and the reason of one.
    init(
        _ element: XMLElement, name: String, over field: PMMLField,
        attribute: (XMLElement) throws(PMMLError) -> AttributePoints
    ) throws(PMMLError) {
        self.name = name
        self.field = field
        var rest = field.all
        for item in element.children("Attribute") {
            let predicate = try PMMLPredicate(Self.predicate(of: item), over: field)
            let points = try attribute(item)
            if let kind = item.extensionValue(PMMLExtension.missing).flatMap(MissingReason.init) {
                kinds[kind] = points
            }
            if predicate.missing && missing == nil { missing = points }
            if item.extensionValue(PMMLExtension.other) != nil {
                other = points
            } else {
                pieces.append(Piece(values: predicate.values.intersection(rest), attribute: points))
            }
            rest = rest.subtracting(predicate.values)
            guard pieces.reduce(0, { $0 + $1.values.count }) <= Scorecard.maximumBins else {
                throw element.refused("more than \(Scorecard.maximumBins) bins or categories")
            }
        }
        try treat(in: element)
        pieces.removeAll(where: \.values.isEmpty)
    }

    private static func predicate(of attribute: XMLElement) throws(PMMLError) -> XMLElement {
        if let complex = attribute.child("ComplexPartialScore") {
            throw complex.refused("points that are computed from a value are not read; a bin has one number of points")
        }
        let predicates = attribute.children.filter { $0.name != "Extension" }
        guard let predicate = predicates.first, predicates.count == 1 else {
            throw attribute.refused("has \(predicates.count) predicates, and not one")
        }
        return predicate
    }

    /// Gives missing and invalid values what the field makes of them.
    private mutating func treat(in element: XMLElement) throws(PMMLError) {
        let missing: AttributePoints? =
            switch field.missingTreatment {
            case .refused: nil
            case .asIs, .asMissing: missing
            case .replaced(let text): points(of: try field.value(text, in: element))
            }
        let invalid: AttributePoints? =
            switch field.invalidTreatment {
            case .refused, .asIs: nil
            case .asMissing: missing
            case .replaced(let text): points(of: try field.value(text, in: element))
            }
        var kept = field.valid
        if field.invalidTreatment == .asIs { kept = kept.union(field.invalid) }
        for index in pieces.indices { pieces[index].values = pieces[index].values.intersection(kept) }
        if let missing { give(field.missingValues, missing) }
        if let invalid { give(field.invalid, invalid) }
        self.missing = missing
    }

    /// Adds values that are in no piece, to one that has the same points where there is one.
    private mutating func give(_ values: ValueSet, _ attribute: AttributePoints) {
        if let index = pieces.firstIndex(where: { $0.attribute == attribute }) {
            pieces[index].values = pieces[index].values.union(values)
        } else {
            pieces.append(Piece(values: values, attribute: attribute))
        }
    }

    private func points(of value: ValueSet) -> AttributePoints? {
        pieces.first { !$0.values.intersection(value).isEmpty }?.attribute ?? other
    }

    /// Values that have no points, in words.
    var holes: [String] {
        var holes: [String] = []
        switch other == nil ? rest : field.all.complement {
        case .numbers(let set):
            holes += set.ranges.map { "\(name): there are no points for \($0.description)" }
        case .categories(let set) where set.isAllBut:
            holes.append("\(name): there are no points for other categories")
        case .categories(let set):
            holes += set.listed.map { "\(name): there are no points for the category \"\($0)\"" }
        }
        if missing == nil && kinds.count < MissingReason.allCases.count {
            holes.append("\(name): there are no points for a missing value")
        }
        return holes
    }

    /// Gives the values that have no points the fewest of the table.
    mutating func fillHoles() {
        guard
            let worst = (pieces.map(\.attribute) + [missing, other].compactMap(\.self)).min(by: {
                $0.points < $1.points
            })
        else { return }
        let rest = rest
        if missing == nil { missing = worst }
        if case .categories(let set) = rest, !set.isAllBut, !set.isEmpty {
            pieces.append(Piece(values: rest, attribute: worst))
        } else if other == nil, !rest.isEmpty {
            other = worst
        }
    }

    private var rest: ValueSet { pieces.reduce(field.all) { $0.subtracting($1.values) } }

    /// The table as a scorecard has it, when it has no holes.
    ///
    /// - Parameter baseline: nil where the document has none; then the best points of a known value count.
    func characteristic(unit: String?, baseline: Int32?) -> ScoredCharacteristic {
        let known = pieces.map(\.attribute.points) + [other?.points].compactMap(\.self)
        let missing = missing ?? AttributePoints(0)
        return ScoredCharacteristic(
            name: name, unit: unit, baseline: baseline ?? known.max() ?? 0, table: table,
            other: other ?? restOfCategories,
            missing: MissingPoints(
                noRecord: kinds[.noRecord] ?? missing, notApplicable: kinds[.notApplicable] ?? missing,
                truncated: kinds[.truncated] ?? missing, notKnownThen: kinds[.notKnownThen] ?? missing))
    }

    private var table: PointsTable {
        switch field.all {
        case .numbers:
            var bins: [PointsBin] = []
            for piece in pieces {
                guard case .numbers(let set) = piece.values else { continue }
                bins += set.ranges.map { PointsBin(from: $0.from.finite, to: $0.to.finite, piece.attribute) }
            }
            return .bins(bins.sorted { $0.from ?? -.infinity < $1.from ?? -.infinity })
        case .categories:
            return .categories(
                pieces.compactMap { piece in
                    guard case .categories(let set) = piece.values, !set.isAllBut else { return nil }
                    return PointsCategory(values: set.listed, piece.attribute)
                })
        }
    }

    /// The points of all categories but some; those are in other pieces, because there is no hole.
    private var restOfCategories: AttributePoints? {
        pieces.first {
            if case .categories(let set) = $0.values { set.isAllBut } else { false }
        }?.attribute
    }
}

extension NumberSet.Range: CustomStringConvertible {
    var description: String { NumberRange(from: from.finite, to: to.finite).description }
}

extension Double {
    /// Nil for an infinity.
    fileprivate var finite: Double? { isFinite ? self : nil }
}
