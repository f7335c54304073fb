import Bureau

extension Scorecard {
    /// The most characteristics of a card; the catalogue has fewer.
    public static let maximumCharacteristics = 100
    /// The most characters of the name of a model or a characteristic.
    public static let maximumNameLength = 64
    /// The most characters of a sentence.
    public static let maximumTextLength = 2000
    /// The most bins, or listed categories, of a characteristic.
    static let maximumBins = 200
    public static let pointsRange: ClosedRange<Int32> = -1_000_000...1_000_000
    public static let versionRange = 1...9_007_199_254_740_991

    /// The texts that stand for a missing value wherever rows are read, so that none is a category: what says that
    /// there is none, and the kinds of missing values.
    public static let missingTexts: Set<String> =
        Set(["", "NA", "N/A", "NaN", "nan", "null", "NULL"] + MissingReason.allCases.map(\.rawValue))

    /// Reads a card of format 2.
    init(format2 card: CardObject) throws(ScorecardFileError) {
        try card.allow(
            "format", "model", "version", "role", "description", "usesAge", "requiresConsent", "basePoints",
            "characteristics", "modelCard")
        _ = try card.integer("format", within: 2...2)
        let role = try card.optionalText("role") ?? Role.champion.rawValue
        guard let role = Role(rawValue: role) else { throw card.malformed("role", "neither champion nor shadow") }
        try self.init(
            of: card, role: role, usesAge: try card.optionalBool("usesAge") ?? false,
            requiresConsent: try card.optionalBool("requiresConsent") ?? false,
            characteristics: try card.objects("characteristics") { (item) throws(ScorecardFileError) in
                try ScoredCharacteristic(item)
            },
            modelCard: try card.optionalObject("modelCard").map { (item) throws(ScorecardFileError) in
                try ModelCard(item)
            })
    }

    /// Reads the members that both formats have.
    init(
        of card: CardObject, role: Role, usesAge: Bool, requiresConsent: Bool,
        characteristics: [ScoredCharacteristic], modelCard: ModelCard?
    ) throws(ScorecardFileError) {
        guard characteristics.count <= Self.maximumCharacteristics else {
            throw card.malformed("characteristics", "more than \(Self.maximumCharacteristics)")
        }
        let model = try card.text("model", maximumLength: Self.maximumNameLength)
        let version = try card.integer("version", within: Self.versionRange)
        let description = try card.optionalText("description") ?? ""
        let basePoints = try card.integer("basePoints", within: Self.pointsRange)
        do throws(ScorecardError) {
            try self.init(
                model: model, version: version, role: role, description: description, usesAge: usesAge,
                requiresConsent: requiresConsent, basePoints: basePoints, characteristics: characteristics,
                modelCard: modelCard)
        } catch {
            throw .invalid(error)
        }
    }
}

extension ScoredCharacteristic {
    fileprivate init(_ object: CardObject) throws(ScorecardFileError) {
        try object.allow(
            "characteristic", "unit", "baseline", "bins", "categories", "other", "missing")
        guard object.has("bins") != object.has("categories") else {
            throw object.malformed("either bins or categories")
        }
        let missing = try object.object("missing")
        try missing.allow("no_record", "not_applicable", "truncated", "not_known_then")
        self.init(
            name: try object.text("characteristic", maximumLength: Scorecard.maximumNameLength),
            unit: try object.optionalText("unit", maximumLength: 32),
            baseline: try object.integer("baseline", within: Scorecard.pointsRange),
            table: try PointsTable(object),
            other: try object.optionalObject("other").map(AttributePoints.only),
            missing: MissingPoints(
                noRecord: try .only(missing.object("no_record")),
                notApplicable: try .only(missing.object("not_applicable")),
                truncated: try .only(missing.object("truncated")),
                notKnownThen: try .only(missing.object("not_known_then"))))
    }
}

extension PointsTable {
    fileprivate init(_ object: CardObject) throws(ScorecardFileError) {
        if object.has("bins") {
            let bins = try object.objects("bins") { (bin) throws(ScorecardFileError) in
                try bin.allow("from", "to", "points", "reason")
                return PointsBin(
                    from: try bin.optionalNumber("from"), to: try bin.optionalNumber("to"), try AttributePoints(bin))
            }
            guard bins.count <= Scorecard.maximumBins else {
                throw object.malformed("bins", "more than \(Scorecard.maximumBins)")
            }
            self = .bins(bins)
        } else {
            let categories = try object.objects("categories") { (item) throws(ScorecardFileError) in
                try item.allow("values", "points", "reason")
                let values = try item.texts("values")
                if let text = values.first(where: Scorecard.missingTexts.contains) {
                    throw item.malformed("values", "\"\(text)\" stands for a missing value, and is no category")
                }
                return PointsCategory(values: values, try AttributePoints(item))
            }
            guard categories.reduce(0, { $0 + $1.values.count }) <= Scorecard.maximumBins else {
                throw object.malformed("categories", "more than \(Scorecard.maximumBins)")
            }
            self = .categories(categories)
        }
    }
}

extension AttributePoints {
    /// Reads the points and the reason of an object that may have more members.
    fileprivate init(_ object: CardObject) throws(ScorecardFileError) {
        self.init(
            try object.integer("points", within: Scorecard.pointsRange),
            reason: try object.optionalObject("reason").map { (text) throws(ScorecardFileError) in
                try text.allow("code", "pt-BR", "en")
                return ReasonText(
                    code: try text.optionalText("code", maximumLength: 64), english: try text.optionalText("en"),
                    portuguese: try text.optionalText("pt-BR"))
            })
    }

    /// Reads an object of points and a reason.
    fileprivate static func only(_ object: CardObject) throws(ScorecardFileError) -> AttributePoints {
        try object.allow("points", "reason")
        return try AttributePoints(object)
    }
}

extension ModelCard {
    init(_ object: CardObject) throws(ScorecardFileError) {
        try object.allow("owner", "data", "label", "window", "metrics", "limits", "approval")
        self.init(
            owner: try object.optionalText("owner"),
            data: try object.optionalObject("data").map { (data) throws(ScorecardFileError) in
                try data.allow("description", "sha256", "rows", "bads")
                return Data(
                    description: try data.text("description"),
                    sha256: try data.optionalText("sha256", maximumLength: 64),
                    rows: try data.optionalInteger("rows", within: Scorecard.counts),
                    bads: try data.optionalInteger("bads", within: Scorecard.counts))
            },
            label: try object.optionalText("label"), window: try object.optionalText("window"),
            metrics: try object.numbers("metrics"), limits: try object.optionalText("limits"),
            approval: try object.optionalObject("approval").map { (approval) throws(ScorecardFileError) in
                try approval.allow("by", "on")
                guard let day = CalendarDate(try approval.text("on")) else {
                    throw approval.malformed("on", "not a day")
                }
                return Approval(by: try approval.text("by"), on: day)
            })
    }
}

extension Scorecard {
    fileprivate static let counts = 0...9_007_199_254_740_991
}
