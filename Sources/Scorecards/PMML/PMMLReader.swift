import Bureau
import JSON

/// What is asked for beside what a PMML document says.
public struct PMMLImport: Sendable {
    /// The characteristics of fields that have another name.
    public var characteristics: [String: String] = [:]
    /// What all points are multiplied by.
    public var scale: Int32 = 1
    /// Whether values without points get the fewest of their characteristic.
    public var fillsHoles = false
    /// The model's name, instead of the document's.
    public var model: String?
    /// The model's version, instead of the document's.
    public var version: Int?

    public init() {}
}

extension ScorecardFile {
    /// Reads the `<Scorecard>` of a PMML document, 4.1 to 4.4.
    ///
    /// The result scores as PMML says. What cannot be a scorecard of format 2 is refused by name.
    public init(pmml text: [UInt8], _ options: PMMLImport = PMMLImport()) throws(PMMLError) {
        let root: XMLElement
        do throws(XMLError) { root = try XMLTreeParser.root(of: text) } catch {
            throw .notXML(line: error.line, error.reason)
        }
        let card = try PMMLReader(root, options).card()
        // Texts and tables have limits in the format's own reader.
        do throws(ScorecardFileError) { try self.init(Self.formatted(card)) } catch {
            throw .invalid(error.description)
        }
    }
}

/// Reads one PMML document.
private struct PMMLReader {
    private let document: XMLElement
    private let scorecard: XMLElement
    private let options: PMMLImport
    private let points: PMMLPoints
    private let usesReasons: Bool
    /// Whether this program has written the document.
    private let isOwn: Bool

    init(_ root: XMLElement, _ options: PMMLImport) throws(PMMLError) {
        guard root.name == "PMML", Self.namespaces.contains(root.namespace) else {
            throw .notPMML("the root is <\(root.name)> of \"\(root.namespace)\", and not <PMML> of version 4.1 to 4.4")
        }
        let others: Set = ["Header", "MiningBuildTask", "DataDictionary", "TransformationDictionary", "Extension"]
        let models = root.children.filter { $0.namespace == root.namespace && !others.contains($0.name) }
        guard let scorecard = models.first(where: { $0.name == "Scorecard" }), models.count == 1 else {
            let names = models.map { "<\($0.name)>" }.joined(separator: ", ")
            throw .notPMML("the document has \(names.isEmpty ? "no model" : names), and not one <Scorecard>")
        }
        document = root
        self.scorecard = scorecard
        self.options = options
        points = PMMLPoints(scale: Int64(options.scale))
        usesReasons = try scorecard.bool("useReasonCodes", standard: true)
        isOwn = scorecard.extensionValue(PMMLExtension.format) != nil
        try checkModel()
    }

    private static let namespaces = Set(
        ["http", "https"].flatMap { scheme in (1...4).map { "\(scheme)://www.dmg.org/PMML-4_\($0)" } })

    /// Refuses what would change the sum of the points, or the meaning of the reasons.
    private func checkModel() throws(PMMLError) {
        guard try scorecard.required("functionName") == "regression" else {
            throw scorecard.refused("functionName is not \"regression\"")
        }
        guard try scorecard.bool("isScorable", standard: true) else { throw scorecard.refused("is not scorable") }
        if usesReasons, let algorithm = scorecard["reasonCodeAlgorithm"], algorithm != "pointsBelow" {
            throw scorecard.refused(
                algorithm == "pointsAbove"
                    ? "reasonCodeAlgorithm=\"pointsAbove\" is of a score that grows with the risk, and is not read: here "
                        + "points are lost, and a reason is points below the baseline"
                    : "reasonCodeAlgorithm is neither \"pointsBelow\" nor \"pointsAbove\"")
        }
        for target in scorecard.child("Targets")?.children("Target") ?? [] {
            for name in ["rescaleFactor", "rescaleConstant", "castInteger", "min", "max"] where target[name] != nil {
                throw target.refused("\(name) changes the score, and is not read")
            }
        }
    }

    func card() throws(PMMLError) -> Scorecard {
        guard let model = options.model ?? scorecard["modelName"] else {
            throw scorecard.refused("has no modelName; --name gives one")
        }
        let header = document.child("Header")
        let stated = header?["modelVersion"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let basePoints = scorecard["initialScore"] == nil ? 0 : try points.points("initialScore", of: scorecard)
        let characteristics = try characteristics()
        let modelCard = try modelCard()
        do throws(ScorecardError) {
            return try Scorecard(
                model: model, version: options.version ?? stated ?? 1, description: header?["description"] ?? "",
                usesAge: says(PMMLExtension.usesAge) || characteristics.contains { $0.name == Scorecard.ageName },
                requiresConsent: says(PMMLExtension.requiresConsent)
                    || characteristics.contains { Scorecard.needsConsent($0.name) },
                basePoints: basePoints, characteristics: characteristics, modelCard: modelCard)
        } catch {
            throw .invalid(error.description)
        }
    }

    private func says(_ name: String) -> Bool { scorecard.extensionValue(name) == "true" }

    private func modelCard() throws(PMMLError) -> ModelCard? {
        guard let text = scorecard.extensionValue(PMMLExtension.modelCard) else { return nil }
        let document: Document
        do throws(SyntaxError) { document = try Document(Array(text.utf8)) } catch {
            throw scorecard.refused("the extension \(PMMLExtension.modelCard) is not JSON")
        }
        do throws(ScorecardFileError) {
            return try document.withRoot { (root) throws(ScorecardFileError) in
                try ModelCard(CardObject(root, at: ""))
            }
        } catch {
            throw scorecard.refused("the extension \(PMMLExtension.modelCard): \(error)")
        }
    }

    private func characteristics() throws(PMMLError) -> [ScoredCharacteristic] {
        var read: [(element: XMLElement, table: PMMLTable)] = []
        var names: Set<String> = []
        let fields = try fields()
        let elements = scorecard.child("Characteristics")?.children("Characteristic") ?? []
        try checkElements()
        guard elements.count <= Scorecard.maximumCharacteristics else {
            throw scorecard.refused("more than \(Scorecard.maximumCharacteristics) characteristics")
        }
        for element in elements {
            let field = try field(of: element, among: fields)
            names.insert(field.name)
            let name = options.characteristics[field.name] ?? field.name
            let table = try PMMLTable(element, name: name, over: field) { (item) throws(PMMLError) in
                AttributePoints(try points.points("partialScore", of: item), reason: try reason(of: item, in: element))
            }
            read.append((element, table))
        }
        for name in options.characteristics.keys.sorted() where !names.contains(name) { throw .unknownField(name) }
        if options.fillsHoles {
            for index in read.indices { read[index].table.fillHoles() }
        }
        let holes = read.flatMap(\.table.holes)
        guard holes.isEmpty else { throw .holes(holes) }
        var characteristics: [ScoredCharacteristic] = []
        for (element, table) in read {
            characteristics.append(
                table.characteristic(
                    unit: element.extensionValue(PMMLExtension.unit), baseline: try baseline(of: element)))
        }
        return characteristics
    }

    /// Refuses elements that PMML has not at their place; some of them could change the points.
    private func checkElements() throws(PMMLError) {
        try scorecard.allow(
            "MiningSchema", "Output", "ModelStats", "ModelExplanation", "Targets", "LocalTransformations",
            "Characteristics", "ModelVerification")
        let lists = scorecard.children("Characteristics")
        guard lists.count <= 1 else { throw lists[1].refused("is there twice") }
        for list in lists {
            try list.allow("Characteristic")
            for characteristic in list.children("Characteristic") {
                try characteristic.allow("Attribute")
                for attribute in characteristic.children("Attribute") {
                    try attribute.allow(PMMLPredicate.names.union(["ComplexPartialScore"]))
                }
            }
        }
    }

    /// The fields that the mining schema names, with what the data dictionary says of them.
    private func fields() throws(PMMLError) -> [String: (mining: XMLElement, data: XMLElement?)] {
        let dictionary = document.child("DataDictionary")?.children("DataField") ?? []
        var data: [String: XMLElement] = [:]
        for field in dictionary {
            let name = try field.required("name")
            guard data.updateValue(field, forKey: name) == nil else {
                throw field.refused("the field \(name) is declared twice")
            }
        }
        var fields: [String: (mining: XMLElement, data: XMLElement?)] = [:]
        for mining in scorecard.child("MiningSchema")?.children("MiningField") ?? [] {
            let name = try mining.required("name")
            guard fields.updateValue((mining, data[name]), forKey: name) == nil else {
                throw mining.refused("the field \(name) is there twice")
            }
        }
        return fields
    }

    private func field(
        of characteristic: XMLElement, among fields: [String: (mining: XMLElement, data: XMLElement?)]
    ) throws(PMMLError) -> PMMLField {
        let predicates = characteristic.children("Attribute").flatMap(\.children)
            .filter { PMMLPredicate.names.contains($0.name) }
        let mentions = predicates.flatMap(PMMLPredicate.fields)
        guard mentions.count <= PMMLPredicate.maximumCount else {
            throw characteristic.refused("more than \(PMMLPredicate.maximumCount) predicates")
        }
        let names = Set(mentions)
        guard let name = names.first, names.count == 1 else {
            let list = names.isEmpty ? "no field" : names.sorted().joined(separator: ", ")
            throw characteristic.refused("reads \(list), and not one field")
        }
        let derived = [document.child("TransformationDictionary"), scorecard.child("LocalTransformations")]
            .compactMap(\.self).flatMap { $0.children("DerivedField") }
        if derived.contains(where: { $0["name"] == name }) {
            throw characteristic.refused("the field \(name) is derived from others, which is not read")
        }
        guard let (mining, data) = fields[name], let data else {
            throw characteristic.refused("the field \(name) is not both in the mining schema and the data dictionary")
        }
        return try PMMLField(mining, data)
    }

    /// Nil where the document uses no reasons.
    private func baseline(of characteristic: XMLElement) throws(PMMLError) -> Int32? {
        guard usesReasons else { return nil }
        let element = characteristic["baselineScore"] == nil ? scorecard : characteristic
        guard element["baselineScore"] != nil else {
            throw characteristic.refused("reasons are used, and neither it nor the scorecard has a baselineScore")
        }
        return try points.points("baselineScore", of: element)
    }

    private func reason(of attribute: XMLElement, in characteristic: XMLElement) throws(PMMLError) -> ReasonText? {
        let code = attribute["reasonCode"] ?? characteristic["reasonCode"]
        if usesReasons && code == nil {
            throw attribute.refused("reasons are used, and neither it nor its characteristic has a reasonCode")
        }
        let reason = ReasonText(
            // What this program writes for a characteristic without a code is there for other programs.
            code: isOwn ? attribute["reasonCode"] : code,
            english: attribute.extensionValue(PMMLExtension.english),
            portuguese: attribute.extensionValue(PMMLExtension.portuguese))
        return reason == ReasonText() ? nil : reason
    }
}
