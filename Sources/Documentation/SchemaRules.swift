import JSON

/// The rules between members of an object in sentences: what needs what, and what excludes what.
enum SchemaRules {
    static func sentences(of schema: Value) -> [String] {
        var sentences: [String] = []
        for item in members(schema["dependentRequired"]) {
            sentences.append("With \(item.name) also \(list(SchemaMarkup.names(item.value))).")
        }
        for item in members(schema["dependentSchemas"]) {
            sentences.append("With \(item.name): \(requirement(item.value)).")
        }
        if let condition = schema["if"], let then = schema["then"] {
            let otherwise = schema["else"].map { "; otherwise \(requirement($0))" } ?? ""
            sentences.append("If \(self.condition(condition)): \(requirement(then))\(otherwise).")
        }
        for keyword in ["oneOf", "anyOf"] as [StaticString] {
            let branches = schema[keyword].map { Array($0.elements) } ?? []
            let areChoices = branches.allSatisfy { $0["required"] != nil && $0["properties"] == nil }
            if branches.isEmpty || !areChoices { continue }
            sentences.append("It has \(branches.map { requirement($0) }.joined(separator: " or ")).")
        }
        return sentences
    }

    /// The keywords of the rules as JSON, from which the form checks a request.
    static func keywords(of schema: Value) -> String {
        var writer = Writer()
        writer.object { object in
            for member in schema.members {
                guard let keyword = member.key.string else { continue }
                let isRule = ["dependentRequired", "dependentSchemas", "if", "then", "else"].contains(keyword)
                let branches = ["oneOf", "anyOf"].contains(keyword) ? Array(member.value.elements) : []
                let isChoice = !branches.isEmpty && branches.allSatisfy { $0["properties"] == nil }
                guard isRule || isChoice else { continue }
                object.key(keyword)
                object.compact(member.value)
            }
        }
        return String(decoding: writer.take(), as: UTF8.self)
    }

    private static func condition(_ schema: Value) -> String {
        members(schema["properties"]).map { item in
            "\(item.name) is \(item.value["const"].map { SchemaMarkup.compact($0) } ?? "there")"
        }.joined(separator: " and ")
    }

    /// What a schema of `required` and of members that are excluded asks for.
    private static func requirement(_ schema: Value) -> String {
        var parts: [String] = []
        let required = SchemaMarkup.names(schema["required"])
        if !required.isEmpty { parts.append(list(required)) }
        let excluded = members(schema["properties"]).filter { $0.value.bool == false }
        parts += excluded.map { "no \($0.name)" }
        for keyword in ["anyOf", "oneOf"] as [StaticString] {
            guard let branches = schema[keyword] else { continue }
            parts.append(branches.elements.map { requirement($0) }.joined(separator: " or "))
        }
        return parts.joined(separator: ", ")
    }

    private static func members(_ object: Value?) -> [(name: String, value: Value)] {
        object.map { $0.members.map { (name: $0.key.string ?? "", value: $0.value) } } ?? []
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: " and ") }
}
