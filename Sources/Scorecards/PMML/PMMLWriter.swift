import Bureau

extension ScorecardFile {
    /// Writes a scorecard as a PMML 4.4 `<Scorecard>`, from which the same card is read.
    ///
    /// What PMML has no place for is in `<Extension>` elements, which other programs pass over. Those see one kind of
    /// missing value, with the points of `no_record`.
    public static func pmml(_ card: Scorecard) throws(PMMLError) -> [UInt8] {
        var text = XMLText()
        try text.element("PMML", ["xmlns": "http://www.dmg.org/PMML-4_4", "version": "4.4"]) { text throws(PMMLError) in
            let description = card.description.isEmpty ? nil : card.description
            try text.element("Header", ["description": description, "modelVersion": "\(card.version)"]) {
                text throws(PMMLError) in
                try text.element("Application", ["name": PMMLExtension.extender])
            }
            try text.element("DataDictionary") { text throws(PMMLError) in
                for characteristic in card.characteristics { try text.write(dataField: characteristic) }
            }
            try text.write(card)
        }
        return text.bytes
    }
}

extension XMLText {
    fileprivate mutating func write(dataField characteristic: ScoredCharacteristic) throws(PMMLError) {
        let isNumber = if case .bins = characteristic.table { true } else { false }
        try element(
            "DataField",
            [
                "name": characteristic.name, "optype": isNumber ? "continuous" : "categorical",
                "dataType": isNumber ? "double" : "string",
            ])
    }

    fileprivate mutating func write(_ card: Scorecard) throws(PMMLError) {
        try element(
            "Scorecard",
            [
                "modelName": card.model, "functionName": "regression", "initialScore": "\(card.basePoints)",
                "useReasonCodes": "true", "reasonCodeAlgorithm": "pointsBelow", "baselineMethod": "other",
            ]
        ) { text throws(PMMLError) in
            try text.write(PMMLExtension.format, "2")
            if card.usesAge { try text.write(PMMLExtension.usesAge, "true") }
            if card.requiresConsent { try text.write(PMMLExtension.requiresConsent, "true") }
            if let modelCard = card.modelCard {
                try text.write(
                    PMMLExtension.modelCard, String(decoding: ScorecardFile.text(of: modelCard), as: UTF8.self))
            }
            try text.element("MiningSchema") { text throws(PMMLError) in
                for item in card.characteristics { try text.element("MiningField", ["name": item.name]) }
            }
            try text.writeOutput(of: card)
            try text.element("Characteristics") { text throws(PMMLError) in
                for item in card.characteristics { try text.write(item, in: card) }
            }
        }
    }

    /// Names the raw score and the reasons, unlike any characteristic.
    private mutating func writeOutput(of card: Scorecard) throws(PMMLError) {
        let names = Set(card.characteristics.map(\.name))
        let prefix = names.contains { $0 == "score" || $0.hasPrefix("reason") } ? "creditd." : ""
        try element("Output") { text throws(PMMLError) in
            try text.element(
                "OutputField",
                [
                    "name": "\(prefix)score", "optype": "continuous", "dataType": "double", "feature": "predictedValue",
                ])
            for rank in 1...Score.maximumReasons {
                try text.element(
                    "OutputField",
                    [
                        "name": "\(prefix)reason\(rank)", "optype": "categorical", "dataType": "string",
                        "feature": "reasonCode", "rank": "\(rank)",
                    ])
            }
        }
    }

    private mutating func write(_ item: ScoredCharacteristic, in card: Scorecard) throws(PMMLError) {
        try element(
            "Characteristic",
            [
                "name": item.name, "reasonCode": Self.standingCode(of: item, in: card),
                "baselineScore": "\(item.baseline)",
            ]
        ) { text throws(PMMLError) in
            if let unit = item.unit { try text.write(PMMLExtension.unit, unit) }
            switch item.table {
            case .bins(let bins):
                for bin in bins {
                    try text.write(bin.attribute) { text throws(PMMLError) in try text.write(bin, of: item.name) }
                }
            case .categories(let categories):
                for category in categories {
                    try text.write(category.attribute) { text throws(PMMLError) in
                        try text.write(category.values, of: item.name)
                    }
                }
            }
            try text.writeMissing(item)
            if let other = item.other {
                try text.write(other, [(PMMLExtension.other, "true")]) { text throws(PMMLError) in
                    try text.element("SimplePredicate", ["field": item.name, "operator": "isNotMissing"])
                }
            }
        }
    }

    /// The code of the reasons that have none: the name of their characteristic, unless that is another reason's code.
    private static func standingCode(of item: ScoredCharacteristic, in card: Scorecard) -> String {
        let codes = Set(card.characteristics.flatMap(\.attributes).compactMap { $0.reason?.code })
        return codes.contains(item.name) ? "creditd.\(item.name)" : item.name
    }

    /// Writes the kinds of missing value, of which other programs find the first.
    private mutating func writeMissing(_ item: ScoredCharacteristic) throws(PMMLError) {
        let kinds = MissingReason.allCases.map { ($0, item.missing[$0]) }
        let isOne = kinds.allSatisfy { $0.1 == item.missing.noRecord }
        for (kind, attribute) in isOne ? Array(kinds.prefix(1)) : kinds {
            try write(attribute, isOne ? [] : [(PMMLExtension.missing, kind.rawValue)]) { text throws(PMMLError) in
                try text.element("SimplePredicate", ["field": item.name, "operator": "isMissing"])
            }
        }
    }

    private mutating func write(
        _ attribute: AttributePoints, _ extensions: [(name: String, value: String)] = [],
        predicate: (inout XMLText) throws(PMMLError) -> Void
    ) throws(PMMLError) {
        try element("Attribute", ["partialScore": "\(attribute.points)", "reasonCode": attribute.reason?.code]) {
            text throws(PMMLError) in
            for item in extensions { try text.write(item.name, item.value) }
            if let english = attribute.reason?.english { try text.write(PMMLExtension.english, english) }
            if let portuguese = attribute.reason?.portuguese { try text.write(PMMLExtension.portuguese, portuguese) }
            try predicate(&text)
        }
    }

    private mutating func write(_ bin: PointsBin, of field: String) throws(PMMLError) {
        func compare(_ comparison: String, _ bound: Double, _ text: inout XMLText) throws(PMMLError) {
            try text.element(
                "SimplePredicate", ["field": field, "operator": comparison, "value": bound.shortText])
        }
        switch (bin.from, bin.to) {
        case (nil, nil): try element("SimplePredicate", ["field": field, "operator": "isNotMissing"])
        case (let from?, nil): try compare("greaterOrEqual", from, &self)
        case (nil, let to?): try compare("lessThan", to, &self)
        case (let from?, let to?):
            try element("CompoundPredicate", ["booleanOperator": "and"]) { text throws(PMMLError) in
                try compare("greaterOrEqual", from, &text)
                try compare("lessThan", to, &text)
            }
        }
    }

    private mutating func write(_ values: [String], of field: String) throws(PMMLError) {
        func equal(_ value: String, _ text: inout XMLText) throws(PMMLError) {
            try text.element("SimplePredicate", ["field": field, "operator": "equal", "value": value])
        }
        if values.count == 1 { return try equal(values[0], &self) }
        // An array has no way to write a backslash before a quote.
        if values.contains(where: { $0.contains("\\") }) {
            return try element("CompoundPredicate", ["booleanOperator": "or"]) { text throws(PMMLError) in
                for value in values { try equal(value, &text) }
            }
        }
        let quoted = values.map {
            "\""
                + $0.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\\\"") + "\""
        }
        try element("SimpleSetPredicate", ["field": field, "booleanOperator": "isIn"]) { text throws(PMMLError) in
            try text.element(
                "Array", ["type": "string", "n": "\(values.count)"], text: quoted.joined(separator: " "))
        }
    }

    private mutating func write(_ extensionName: String, _ value: String) throws(PMMLError) {
        try element("Extension", ["extender": PMMLExtension.extender, "name": extensionName, "value": value])
    }
}

extension ScoredCharacteristic {
    /// All points of the table, with their reasons.
    fileprivate var attributes: [AttributePoints] {
        let known: [AttributePoints] =
            switch table {
            case .bins(let bins): bins.map(\.attribute)
            case .categories(let categories): categories.map(\.attribute)
            }
        return known + [other].compactMap(\.self) + MissingReason.allCases.map { missing[$0] }
    }
}
