/// Types as TypeScript writes them.
enum TypeScriptType {
    /// `isInput` tells that the value is only read, so that an array that nobody may change will do.
    static func text(_ type: ClientType, isInput: Bool = false) -> String {
        switch type {
        case .any: "unknown"
        case .null: "null"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .literals(let values): values.map(TypeScriptText.literal).joined(separator: " | ")
        case .named(let name): name
        case .list(let item): "\(isInput ? "readonly " : "")\(element(item, isInput: isInput))[]"
        case .map(let value): "Record<string, \(text(value, isInput: isInput))>"
        case .union(let parts):
            (parts.filter { $0 != .null } + parts.filter { $0 == .null })
                .map { text($0, isInput: isInput) }.uniqued.joined(separator: " | ")
        }
    }

    private static func element(_ type: ClientType, isInput: Bool) -> String {
        switch type {
        case .union, .literals: "(\(text(type, isInput: isInput)))"
        default: text(type, isInput: isInput)
        }
    }

    /// Appends an interface, or an alias.
    static func write(_ declaration: ClientDeclaration, to source: inout Source) {
        source.line("")
        if let text = declaration.text { TypeScriptText.write(comment: text, to: &source) }
        switch declaration.shape {
        case .alias(let type):
            source.line("export type \(declaration.name) = \(text(type));")
        case .record(let fields):
            source.line("export interface \(declaration.name) {")
            source.indented { write(fields, to: &$0) }
            source.line("}")
        }
    }

    static func write(_ fields: [ClientField], isInput: Bool = false, to source: inout Source) {
        for field in fields {
            if let text = field.text { TypeScriptText.write(comment: text, to: &source) }
            let mark = field.isRequired ? "" : "?"
            source.line("\(TypeScriptText.key(field.name))\(mark): \(text(field.type, isInput: isInput));")
        }
    }
}

extension [String] {
    /// Each text once, in the order of the first ones.
    fileprivate var uniqued: [String] {
        var known: Set<String> = []
        return filter { known.insert($0).inserted }
    }
}

/// Keys, literals and comments as TypeScript writes them.
enum TypeScriptText {
    /// The key of a member: in quotes where it is no identifier.
    static func key(_ name: String) -> String {
        let isIdentifier =
            name.first.map { $0.isLetter || $0 == "_" } ?? false
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789_".unicodeScalars.contains($0))
            }
        return isIdentifier ? name : literal(name)
    }

    static func literal(_ value: ClientType.Literal) -> String {
        switch value {
        case .string(let text): literal(text)
        case .integer(let number): "\(number)"
        case .boolean(let bool): "\(bool)"
        case .null: "null"
        }
    }

    static func literal(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar == "\\" || scalar == "\"" { escaped += "\\" }
            escaped += scalar == "\n" || scalar == "\r" ? " " : String(scalar)
        }
        return "\"\(escaped)\""
    }

    /// Appends a comment of documentation, in lines of one width.
    static func write(comment text: String, to source: inout Source) {
        let lines = source.wrapped(text.replacing("*/", with: "* /"), margin: 7)
        if lines.count <= 1 { return source.line("/** \(lines.first ?? "") */") }
        source.line("/**")
        for line in lines { source.line(" * \(line)") }
        source.line(" */")
    }
}
