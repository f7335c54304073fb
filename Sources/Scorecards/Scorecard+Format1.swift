import Bureau

extension Scorecard {
    /// Reads a card of format 1: bins by their lower bounds, one number of points for what is missing, and the best
    /// points of a known value as the baseline.
    init(format1 card: CardObject) throws(ScorecardFileError) {
        try card.allow("model", "version", "description", "basePoints", "characteristics")
        let characteristics = try card.objects("characteristics") { (item) throws(ScorecardFileError) in
            try ScoredCharacteristic(format1: item)
        }
        try self.init(
            of: card, role: .champion, usesAge: characteristics.contains { $0.name == Scorecard.ageName },
            requiresConsent: characteristics.contains { Scorecard.needsConsent($0.name) },
            characteristics: characteristics, modelCard: nil)
    }
}

extension ScoredCharacteristic {
    fileprivate init(format1 object: CardObject) throws(ScorecardFileError) {
        try object.allow("characteristic", "unit", "bins", "categories", "missing")
        let missing = AttributePoints(try object.integer("missing", within: Scorecard.pointsRange))
        let table: PointsTable
        let known: [Int32]
        if object.has("categories") {
            let categories = try Self.housing(try object.object("categories"))
            known = categories.map(\.attribute.points)
            table = .categories(categories)
        } else {
            let bins = try Self.bins(object)
            known = bins.map(\.attribute.points)
            table = .bins(bins)
        }
        self.init(
            name: try object.text("characteristic", maximumLength: 64),
            unit: try object.optionalText("unit", maximumLength: 32), baseline: known.max() ?? 0, table: table,
            other: object.has("categories") ? missing : nil, missing: MissingPoints(missing))
    }

    /// Reads bins, of which the first also takes all numbers below its bound.
    private static func bins(_ object: CardObject) throws(ScorecardFileError) -> [PointsBin] {
        let bins = try object.objects("bins") { (bin) throws(ScorecardFileError) in
            try bin.allow("from", "points")
            guard let from = try bin.optionalNumber("from") else { throw bin.malformed("from", "missing") }
            return (from: from, points: try bin.integer("points", within: Scorecard.pointsRange))
        }
        return bins.indices.map { index in
            PointsBin(
                from: index == 0 ? nil : bins[index].from,
                to: index + 1 < bins.count ? bins[index + 1].from : nil, AttributePoints(bins[index].points))
        }
    }

    private static func housing(_ object: CardObject) throws(ScorecardFileError) -> [PointsCategory] {
        try object.allow("own", "rent", "for_free")
        func category(_ name: StaticString) throws(ScorecardFileError) -> PointsCategory {
            let points = try object.integer(name, within: Scorecard.pointsRange)
            return PointsCategory(values: ["\(name)"], AttributePoints(points))
        }
        return [try category("own"), try category("rent"), try category("for_free")]
    }
}
