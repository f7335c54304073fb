import JSON
import Methods

/// The schema of an argument in the few words that every client and model takes: type, enum, properties, required,
/// items, description, minimum and maximum. Nothing is referred to, and formats are told in the description.
struct ArgumentSchema: Sendable {
    struct Property: Sendable {
        let name: String
        var schema: ArgumentSchema
    }

    var type = "string"
    var description: String?
    /// The texts that are accepted; empty for any.
    var values: [String] = []
    var minimum: Int64?
    var maximum: Int64?
    /// Of an object.
    var properties: [Property] = []
    var required: [String] = []
    /// Of an array; one at most.
    var items: [ArgumentSchema] = []
    /// Whether null is accepted beside the type, which in a patch takes a member away.
    var isNullable = false

    init(type: String, description: String? = nil, values: [String] = []) {
        self.type = type
        self.description = description
        self.values = values
    }

    /// Derives the schema from one of a contract, whose references are to the contracts' types.
    init(_ schema: Value, _ contracts: ContractSet) {
        var typeName: String?
        var target = schema
        if let reference = schema["$ref"], let found = contracts.type(reference) {
            typeName = found.name
            target = found.schema
        }
        let types =
            target["type"].map { $0.kind == .array ? $0.elements.compactMap(\.string) : [$0.string ?? ""] } ?? []
        type = types.first { $0 != "null" } ?? "string"
        isNullable = types.contains("null")
        values = (target["enum"]?.elements).map { Array($0.compactMap(\.string)) } ?? []
        if values.isEmpty, let only = target["const"]?.string { values = [only] }
        minimum = target["minimum"]?.int64
        maximum = target["maximum"]?.int64.flatMap { $0 >= Self.largestExactInteger ? nil : $0 }
        if type == "object" { takeMembers(of: target, contracts) }
        if let element = target["items"] { items = [ArgumentSchema(element, contracts)] }
        if let branches = target["anyOf"] {
            for branch in branches.elements where branch["type"]?.equals("null") != true {
                self = ArgumentSchema(branch, contracts)
            }
            isNullable = isNullable || branches.elements.contains { $0["type"]?.equals("null") == true }
        }
        let own = schema["description"]?.string
        let format = target["format"]?.string
        description =
            own.map { Self.brief($0) } ?? typeName.flatMap { Self.words[$0] } ?? format.flatMap { Self.words[$0] }
            ?? (description ?? target["description"]?.string).map { Self.brief($0) }
        if description?.isEmpty == true { description = nil }
    }

    /// Takes the members of an object, and those that the branches of a `oneOf` add: none of these is required.
    private mutating func takeMembers(of schema: Value, _ contracts: ContractSet) {
        required = (schema["required"]?.elements).map { Array($0.compactMap(\.string)) } ?? []
        for source in [schema] + (schema["oneOf"].map { Array($0.elements) } ?? []) {
            for member in source["properties"].map({ Array($0.members) }) ?? [] {
                guard let name = member.key.string, !properties.contains(where: { $0.name == name }) else { continue }
                properties.append(Property(name: name, schema: ArgumentSchema(member.value, contracts)))
            }
        }
    }

    private static let largestExactInteger: Int64 = 9_007_199_254_740_991

    /// What a model is told of a type or format, where the contract's own words are too long or tell no format.
    private static let words: [String: String] = [
        "cpf": "11 digits, e.g. 52998224725",
        "cnpj": "14 characters, e.g. 12ABC34501DE35",
        "purpose": "The true reason (LGPD); ask the user",
        "organisation": "Name",
        "page-cursor": "nextCursor of the last page",
        "page-limit": "Items a page",
        "instant": "RFC 3339 with offset, e.g. 2026-11-30T09:00:00-03:00",
        "date-time": "RFC 3339 with offset",
        "date": "YYYY-MM-DD",
        "birth-date": "YYYY-MM-DD",
        "record-id": "UUID as answered",
        "uuid": "UUID as answered",
        "event-id": "1 to 64 of A-Z a-z 0-9 . _ : -",
        "event-kind": "All kinds when absent",
        "amount-cents": "Centavos",
        "basis-points": "Hundredths of a percent a year",
        "name": "",
        "phone": "E.164, e.g. +5511912345678",
        "email": "E-mail address",
        "postal-code": "CEP of 8 digits; abroad any",
        "state": "Two letters, e.g. SP; none abroad",
        "uf": "Two letters, e.g. SP",
        "country": "ISO 3166-1 alpha-2; absent means BR",
        "expected-version": "Writes only when the record has this version",
        "contract-id": "The creditor's number of the contract",
        "payment-id": "The creditor's number of the payment",
        "merchant-category": "ISO 18245, 4 digits",
        "card-last4": "Last 4 digits of the card",
        "address": "In Brazil postalCode and state are needed",
        "debt-status": "", "asset-kind": "", "income-kind": "", "housing": "", "movement-channel": "",
        "movement-direction": "credit: came in; debit: went out",
    ]

    /// The first sentence or clause of a description, without its end.
    private static func brief(_ description: String) -> String {
        var end = description.endIndex
        for mark in [". ", ": ", "; ", " ("] {
            var index = description.startIndex
            while index < end {
                if description[index..<end].hasPrefix(mark) {
                    end = index
                    break
                }
                index = description.index(after: index)
            }
        }
        let clause = description[..<end]
        return String(clause.hasSuffix(".") ? clause.dropLast() : clause)
    }
}

extension ArgumentSchema {
    /// The JSON Pointers, with full stops, of the members of a patch that null takes away: `address.street`.
    var removable: [String] {
        properties.flatMap { property in
            (property.schema.isNullable ? [property.name] : [])
                + property.schema.removable.map { "\(property.name).\($0)" }
        }
    }

    /// Every name of a member, at any depth.
    var names: Set<String> {
        properties.reduce(into: Set(items.flatMap(\.names))) { names, property in
            names.insert(property.name)
            names.formUnion(property.schema.names)
        }
    }

    /// Appends the schema as one JSON object.
    func write(to writer: inout Writer) {
        writer.object { object in
            object.key("type")
            object.string(type)
            if let description {
                object.key("description")
                object.string(description)
            }
            if !values.isEmpty { object.texts("enum", values) }
            if let minimum {
                object.key("minimum")
                object.number(minimum)
            }
            if let maximum {
                object.key("maximum")
                object.number(maximum)
            }
            if type == "object" {
                object.key("properties")
                object.object { members in
                    for property in properties {
                        members.key(property.name)
                        property.schema.write(to: &members)
                    }
                }
                if !required.isEmpty { object.texts("required", required) }
            }
            if let items = items.first {
                object.key("items")
                items.write(to: &object)
            }
        }
    }
}

extension Writer {
    /// Appends a member that is a list of texts.
    mutating func texts(_ name: StaticString, _ texts: some Sequence<String>) {
        key(name)
        array { list in
            for text in texts { list.string(text) }
        }
    }
}
