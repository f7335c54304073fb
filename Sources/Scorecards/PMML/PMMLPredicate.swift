/// The values for which a predicate is true; for others it is false or unknown (PMML 4.4, "Predicates").
struct PMMLPredicate: Sendable {
    var values: ValueSet
    /// Whether it is true for a missing value.
    var missing: Bool

    /// The most predicates of a characteristic, values of an array, and values and intervals of a field.
    static let maximumCount = 1000

    /// The elements that are read as predicates.
    static let names: Set = ["True", "False", "SimplePredicate", "SimpleSetPredicate", "CompoundPredicate"]

    /// Reads a predicate over one field.
    init(_ element: XMLElement, over field: PMMLField) throws(PMMLError) {
        switch element.name {
        case "True": self.init(values: field.all, missing: true)
        case "False": self.init(values: field.all.complement, missing: false)
        case "SimplePredicate": try self.init(simple: element, over: field)
        case "SimpleSetPredicate": try self.init(set: element, over: field)
        case "CompoundPredicate": try self.init(compound: element, over: field)
        default: throw element.refused("is not read as a predicate")
        }
    }

    /// The names of the fields in a predicate, in the order of the document.
    static func fields(in element: XMLElement) -> [String] {
        element.children.reduce(into: element["field"].map { [$0] } ?? []) { $0 += fields(in: $1) }
    }

    private init(values: ValueSet, missing: Bool) {
        self.values = values
        self.missing = missing
    }

    private init(simple element: XMLElement, over field: PMMLField) throws(PMMLError) {
        let comparison = try element.required("operator")
        switch comparison {
        case "isMissing": (values, missing) = (field.all.complement, true)
        case "isNotMissing": (values, missing) = (field.all, false)
        default:
            values = try field.values(comparison, element.required("value"), in: element)
            missing = false
        }
    }

    private init(set element: XMLElement, over field: PMMLField) throws(PMMLError) {
        guard let array = element.child("Array") else { throw element.refused("has no <Array>") }
        let texts = try Self.texts(array)
        guard texts.count <= Self.maximumCount else { throw array.refused("more than \(Self.maximumCount) values") }
        var items: [ValueSet] = []
        for text in texts { items.append(try field.value(text, in: array)) }
        let listed = ValueSet.union(items, within: field.all)
        switch try element.required("booleanOperator") {
        case "isIn": values = listed
        case "isNotIn": values = listed.complement
        case let name: throw element.refused("booleanOperator=\"\(name)\" is not read")
        }
        missing = false
    }

    private init(compound element: XMLElement, over field: PMMLField) throws(PMMLError) {
        let name = try element.required("booleanOperator")
        guard name == "and" || name == "or" else {
            throw element.refused("booleanOperator=\"\(name)\" is not read; \"and\" and \"or\" are")
        }
        let parts = element.children.filter { $0.name != "Extension" }
        guard let first = parts.first else { throw element.refused("holds no predicate") }
        try self.init(first, over: field)
        for part in parts.dropFirst() {
            let next = try PMMLPredicate(part, over: field)
            values = name == "and" ? values.intersection(next.values) : values.union(next.values)
            missing = name == "and" ? missing && next.missing : missing || next.missing
        }
    }

    /// The elements of an `<Array>`: separated by white space, in double quotes where they have any (PMML 4.4,
    /// "Array").
    static func texts(_ array: XMLElement) throws(PMMLError) -> [String] {
        var texts: [String] = []
        var rest = array.text.unicodeScalars[...]
        while let first = rest.first {
            if isSpace(first) {
                rest.removeFirst()
            } else if first == "\"" {
                rest.removeFirst()
                texts.append(try quoted(&rest, array))
            } else {
                let end = rest.firstIndex(where: isSpace) ?? rest.endIndex
                guard !rest[..<end].contains("\"") else { throw array.refused("a quote stands inside of a word") }
                texts.append(String(rest[..<end]))
                rest = rest[end...]
            }
        }
        if let count = array["n"].flatMap({ Int($0) }), count != texts.count {
            throw array.refused("n is \(count), and there are \(texts.count) values")
        }
        return texts
    }

    /// White space of XML 1.0 §2.3.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }

    /// Takes the characters up to the closing quote, in which `\"` is a quote; a backslash stands for itself elsewhere.
    private static func quoted(
        _ rest: inout String.UnicodeScalarView.SubSequence, _ array: XMLElement
    ) throws(PMMLError) -> String {
        var text = String.UnicodeScalarView()
        while let next = rest.popFirst() {
            if next == "\"" { return String(text) }
            if next == "\\", rest.first == "\"" {
                rest.removeFirst()
                text.append("\"")
            } else {
                text.append(next)
            }
        }
        throw array.refused("a quote is not closed")
    }
}
