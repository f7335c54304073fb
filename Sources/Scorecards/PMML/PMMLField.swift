import Bureau

/// A field that a scorecard reads: which of its values count as known, missing or invalid, and what is done with those.
///
/// PMML 4.4, "Mining Schema", "Data Dictionary".
struct PMMLField: Sendable {
    /// What becomes of a value that is missing or invalid.
    enum Treatment: Sendable, Hashable {
        /// It has no score.
        case refused
        /// A missing value stays missing, an invalid one is read as it is.
        case asIs
        case asMissing
        /// It counts as this value.
        case replaced(String)
    }

    let name: String
    private let type: ValueType
    /// Values that are neither missing nor invalid.
    let valid: ValueSet
    /// Values that mean a missing one.
    let missingValues: ValueSet
    let missingTreatment: Treatment
    let invalidTreatment: Treatment

    /// Reads a `<MiningField>` and its `<DataField>`.
    init(_ mining: XMLElement, _ data: XMLElement) throws(PMMLError) {
        name = try mining.required("name")
        let type = try ValueType(data)
        self.type = type
        if let cyclic = data["isCyclic"], cyclic != "0" {
            throw data.refused("isCyclic=\"\(cyclic)\" is not read")
        }
        switch mining["usageType"] ?? "active" {
        case "active", "supplementary": break
        case let usage: throw mining.refused("the field \(name) has the usage \(usage), and is read")
        }
        if let outliers = mining["outliers"], outliers != "asIs" {
            throw mining.refused("outliers=\"\(outliers)\" is not read")
        }
        (valid, missingValues) = try Self.declared(data, type)
        missingTreatment =
            switch (mining["missingValueTreatment"], mining["missingValueReplacement"]) {
            case ("returnInvalid", nil): .refused
            case ("returnInvalid", _?): throw mining.refused("a missing value is both replaced and invalid")
            case (_, let value?): .replaced(value)
            case (_, nil): .asIs
            }
        invalidTreatment =
            switch (mining["invalidValueTreatment"] ?? "returnInvalid", mining["invalidValueReplacement"]) {
            case ("returnInvalid", nil): .refused
            case ("asMissing", nil): .asMissing
            case ("asIs", nil): .asIs
            case ("asIs", let value?), ("asValue", let value?): .replaced(value)
            case (let treatment, _):
                throw mining.refused("invalidValueTreatment=\"\(treatment)\", with that replacement, is not read")
            }
    }

    var all: ValueSet { type.all }

    /// The values that are neither valid nor mean a missing one.
    var invalid: ValueSet { valid.union(missingValues).complement }

    /// The one value that a text means.
    func value(_ text: String, in element: XMLElement) throws(PMMLError) -> ValueSet {
        try type.value(text, in: element)
    }

    /// The values that compare with one in a way that is an operator of `<SimplePredicate>`.
    func values(_ comparison: String, _ text: String, in element: XMLElement) throws(PMMLError) -> ValueSet {
        let value = try type.value(text, in: element)
        switch (comparison, value) {
        case ("equal", _): return value
        case ("notEqual", _): return value.complement
        case ("lessThan", .numbers(let set)): return .numbers(NumberSet(from: -.infinity, to: set.ranges[0].from))
        case ("lessOrEqual", .numbers(let set)): return .numbers(NumberSet(from: -.infinity, to: set.ranges[0].to))
        case ("greaterThan", .numbers(let set)): return .numbers(NumberSet(from: set.ranges[0].to, to: .infinity))
        case ("greaterOrEqual", .numbers(let set)): return .numbers(NumberSet(from: set.ranges[0].from, to: .infinity))
        default: throw element.refused("the operator \(comparison) is not read for the field \(name)")
        }
    }

    /// The values that a `<DataField>` declares to be valid, and those that it declares to mean a missing one.
    private static func declared(
        _ data: XMLElement, _ type: ValueType
    ) throws(PMMLError) -> (valid: ValueSet, missing: ValueSet) {
        guard data.children.count <= PMMLPredicate.maximumCount else {
            throw data.refused("more than \(PMMLPredicate.maximumCount) values and intervals")
        }
        var sets: [String: [ValueSet]] = [:]
        for element in data.children("Value") {
            let value = try type.value(element.required("value"), in: element)
            let property = element["property"] ?? "valid"
            guard ["valid", "invalid", "missing"].contains(property) else {
                throw element.refused("property=\"\(property)\" is not read")
            }
            sets[property, default: []].append(value)
        }
        var intervals: [ValueSet] = []
        for element in data.children("Interval") { intervals.append(try type.interval(element)) }
        let values = sets["valid"] ?? []
        guard intervals.isEmpty || values.isEmpty else {
            throw data.refused("both values and intervals are declared valid, which programs read in different ways")
        }
        let isDeclared = !intervals.isEmpty || !values.isEmpty
        let valid = isDeclared ? ValueSet.union(intervals + values, within: type.all) : type.valid
        let missing = ValueSet.union(sets["missing"] ?? [], within: type.all)
        let invalid = ValueSet.union(sets["invalid"] ?? [], within: type.all)
        return (valid.subtracting(missing).subtracting(invalid), missing)
    }
}

/// The values that a data type of PMML has here.
private enum ValueType: Sendable {
    case integers
    case doubles
    case texts
    case booleans

    /// The truth values as PMML's programs, Python and R write them.
    private static let trueTexts = ["true", "True", "TRUE", "1", "1.0"]
    private static let falseTexts = ["false", "False", "FALSE", "0", "0.0"]

    init(_ data: XMLElement) throws(PMMLError) {
        let type = try data.required("dataType")
        switch type {
        case "integer": self = .integers
        case "double": self = .doubles
        case "string": self = .texts
        case "boolean": self = .booleans
        default: throw data.refused("dataType=\"\(type)\" is not read; integer, double, string and boolean are")
        }
    }

    var all: ValueSet {
        switch self {
        case .integers, .doubles: .numbers(.all)
        case .texts, .booleans: .categories(.all)
        }
    }

    /// The values that a field of the type may have when none are declared.
    var valid: ValueSet {
        switch self {
        case .integers, .doubles, .texts: all
        case .booleans: .categories(CategorySet(Self.trueTexts + Self.falseTexts))
        }
    }

    func value(_ text: String, in element: XMLElement) throws(PMMLError) -> ValueSet {
        switch self {
        case .integers, .doubles:
            let number = try number(text, in: element)
            return .numbers(NumberSet(from: number, to: next(number)))
        case .texts: return .categories(CategorySet([text]))
        case .booleans:
            for texts in [Self.trueTexts, Self.falseTexts] where texts.contains(text) {
                return .categories(CategorySet(texts))
            }
            throw element.refused("\"\(text)\" is no truth value")
        }
    }

    func interval(_ element: XMLElement) throws(PMMLError) -> ValueSet {
        guard case .numbers = all else { throw element.refused("an interval of a field that has no numbers") }
        let closure = try element.required("closure")
        guard ["openOpen", "openClosed", "closedOpen", "closedClosed"].contains(closure) else {
            throw element.refused("closure=\"\(closure)\" is not read")
        }
        var (from, to) = (-Double.infinity, Double.infinity)
        if let text = element["leftMargin"] {
            let margin = try number(text, in: element)
            from = closure.hasPrefix("closed") ? margin : next(margin)
        }
        if let text = element["rightMargin"] {
            let margin = try number(text, in: element)
            to = closure.hasSuffix("Closed") ? next(margin) : margin
        }
        return .numbers(NumberSet(from: from, to: to))
    }

    /// The least value above a number.
    private func next(_ number: Double) -> Double {
        if case .integers = self { number + 1 } else { number.nextUp }
    }

    private func number(_ text: String, in element: XMLElement) throws(PMMLError) -> Double {
        // A decimal number of XML Schema, which has no hexadecimal ones.
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text), number.isFinite
        else { throw element.refused("\"\(text)\" is no number") }
        guard case .integers = self else { return number }
        guard Int64(exactly: number) != nil, number.magnitude < 0x1p53 else {
            throw element.refused("\"\(text)\" is compared with an integer, and is none")
        }
        return number
    }
}
