import JSON
import Methods

/// Schemas of the contracts in words, with links to the types that they refer to. A reference is never replaced by what
/// it refers to, so that no page grows beyond its contracts.
enum SchemaMarkup {
    /// What a schema accepts, in one line, such as `string, cpf` or `list of Debt, at most 100`.
    static func kind(_ schema: Value) -> HTML {
        if let reference = schema["$ref"]?.string { return link(to: reference) }
        if let constant = schema["const"] { return "<code>\(word(constant))</code>" }
        if let values = schema["enum"] { return "<code>\(values.elements.map(word).joined(separator: " "))</code>" }
        for keyword in ["anyOf", "oneOf"] as [StaticString] {
            guard let branches = schema[keyword], schema["type"] == nil else { continue }
            return branches.elements.map { kind($0) }.joined(" or ")
        }
        guard schema.kind == .object else { return schema.bool == false ? "nothing" : "anything" }
        let names = types(of: schema)
        if names == ["array"], let items = schema["items"] { return "list of \(kind(items))\(limits(schema))" }
        return "\(names.isEmpty ? "anything" : names.joined(separator: " or "))\(limits(schema))"
    }

    /// The description, the members and the rules of a schema whose kind has been told.
    static func details(_ schema: Value, required: [String] = []) -> HTML {
        var html: HTML = schema["description"]?.string.map { "<p>\($0)" } ?? ""
        html += members(schema, required: required)
        for keyword in ["items", "additionalProperties"] as [StaticString] {
            if let inner = schema[keyword], inner.kind == .object, inner["$ref"] == nil { html += details(inner) }
        }
        for keyword in ["oneOf", "anyOf"] as [StaticString] {
            for branch in schema[keyword].map({ Array($0.elements) }) ?? [] where branch["properties"] != nil {
                html += "<p class=or>one of these:\(members(branch, required: []))"
            }
        }
        return html
    }

    /// The members of an object as a list, and the rules between them.
    private static func members(_ schema: Value, required: [String]) -> HTML {
        guard let properties = schema["properties"], properties.count > 0 else { return "" }
        let needed = names(schema["required"]) + required
        var html: HTML = "<dl>"
        for property in properties.members where property.value.kind == .object {
            let name = property.key.string ?? ""
            let star = needed.contains(name) ? "*" : ""
            html += "<dt>\(name)\(star)<dd>\(kind(property.value))\(details(property.value))\n"
        }
        html += "</dl>"
        let rules = SchemaRules.sentences(of: schema)
        if rules.isEmpty { return html }
        let keywords = SchemaRules.keywords(of: schema)
        return html + "<p class=rule data-rule=\"\(attribute: keywords)\">\(rules.joined(separator: " "))"
    }

    /// The range, length, count, format and default of a schema, each after a comma.
    private static func limits(_ schema: Value) -> HTML {
        var parts: [HTML] = []
        if let format = schema["format"]?.string { parts.append("\(format)") }
        let ranges: [(least: StaticString, most: StaticString, unit: String)] = [
            ("minLength", "maxLength", " characters"), ("minimum", "maximum", ""), ("minItems", "maxItems", " items"),
            ("minProperties", "maxProperties", " members"),
        ]
        for (least, most, unit) in ranges {
            switch (schema[least]?.int64, schema[most]?.int64) {
            case (let least?, let most?) where least == most: parts.append("\(least)\(unit)")
            case (let least?, let most?): parts.append("\(least) to \(most)\(unit)")
            case (let least?, nil): parts.append("at least \(least)\(unit)")
            case (nil, let most?): parts.append("at most \(most)\(unit)")
            case (nil, nil): break
            }
        }
        if schema["uniqueItems"]?.bool == true { parts.append("no two alike") }
        if let value = schema["default"] { parts.append("default <code>\(compact(value))</code>") }
        return parts.map { ", \($0)" }.joined()
    }

    static func link(to reference: String) -> HTML {
        let file = reference.split(separator: "/").last ?? ""
        return link(type: String(file.hasSuffix(".json") ? file.dropLast(".json".count) : file))
    }

    static func link(type name: String) -> HTML {
        "<a href=#\(OpenRPCDocument.componentName(name))>\(OpenRPCDocument.componentName(name))</a>"
    }

    static func names(_ list: Value?) -> [String] { list.map { $0.elements.compactMap(\.string) } ?? [] }

    static func compact(_ value: Value) -> String {
        var writer = Writer()
        writer.compact(value)
        return String(decoding: writer.take(), as: UTF8.self)
    }

    private static func word(_ value: Value) -> String { value.string ?? compact(value) }

    private static func types(of schema: Value) -> [String] {
        schema["type"]?.string.map { [$0] } ?? names(schema["type"])
    }
}
