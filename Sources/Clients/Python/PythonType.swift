/// Types as Python writes them.
enum PythonType {
    /// An annotation. `isInput` tells that the value is only read, so that any sequence or mapping will do.
    static func text(_ type: ClientType, isInput: Bool = false) -> String {
        switch type {
        case .any: "object"
        case .null: "None"
        case .boolean: "bool"
        case .integer: "int"
        case .number: "float"
        case .string: "str"
        case .literals(let values): "Literal[\(values.map(PythonText.literal).joined(separator: ", "))]"
        case .named(let name): name
        case .list(let element): "\(isInput ? "Sequence" : "list")[\(text(element, isInput: isInput))]"
        case .map(let value): "\(isInput ? "Mapping" : "dict")[str, \(text(value, isInput: isInput))]"
        // None is last, as everybody writes it.
        case .union(let parts):
            (parts.filter { $0 != .null } + parts.filter { $0 == .null })
                .map { text($0, isInput: isInput) }.joined(separator: " | ")
        }
    }

    /// Appends a class of a record, or an alias.
    static func write(_ declaration: ClientDeclaration, to source: inout Source) {
        switch declaration.shape {
        case .alias(let type):
            source.line("")
            if let text = declaration.text {
                for line in source.wrapped(text, margin: 3) { source.line("#: \(line)") }
            }
            source.line("\(declaration.name): TypeAlias = \(text(type))")
        case .record(let fields):
            source.line("", "")
            if fields.allSatisfy({ PythonText.isName($0.name) }) {
                writeClass(declaration, fields, to: &source)
            } else {
                writeCall(declaration, fields, to: &source)
            }
        }
    }

    private static func writeClass(_ declaration: ClientDeclaration, _ fields: [ClientField], to source: inout Source) {
        source.line("class \(declaration.name)(TypedDict):")
        source.indented { body in
            if let text = declaration.text { PythonText.write(docstring: text, to: &body) }
            if let text = declaration.text, !text.isEmpty, !fields.isEmpty { body.line("") }
            if fields.isEmpty, declaration.text == nil { body.line("pass") }
            for field in fields {
                body.line("\(field.name): \(member(field))")
                if let text = field.text { PythonText.write(docstring: text, to: &body) }
            }
        }
    }

    /// Appends a record with a member whose name is no name in Python, such as `from`.
    private static func writeCall(_ declaration: ClientDeclaration, _ fields: [ClientField], to source: inout Source) {
        if let text = declaration.text {
            for line in source.wrapped(text, margin: 3) { source.line("#: \(line)") }
        }
        source.line("\(declaration.name) = TypedDict(")
        source.indented { call in
            call.line("\"\(declaration.name)\",", "{")
            call.indented { members in
                for field in fields { members.line("\(PythonText.literal(field.name)): \(member(field)),") }
            }
            call.line("},")
        }
        source.line(")")
    }

    private static func member(_ field: ClientField) -> String {
        field.isRequired ? text(field.type) : "NotRequired[\(text(field.type))]"
    }
}

/// Names, literals and docstrings as Python writes them.
enum PythonText {
    private static let keywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
        "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ]

    static func isName(_ name: String) -> Bool {
        !keywords.contains(name) && name.first?.isLetter == true
            && name.utf8.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "_")
                    || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20
            }
    }

    /// The name of a parameter or method: with `_` at its end where it is a word of the language.
    static func name(_ name: String) -> String { keywords.contains(name) ? "\(name)_" : name }

    static func literal(_ value: ClientType.Literal) -> String {
        switch value {
        case .string(let text): literal(text)
        case .integer(let number): "\(number)"
        case .boolean(let bool): bool ? "True" : "False"
        case .null: "None"
        }
    }

    static func literal(_ text: String) -> String { "\"\(escaped(text))\"" }

    /// Appends a docstring, or what stands below a member, in lines of one width.
    static func write(docstring text: String, to source: inout Source) {
        let lines = source.wrapped(escaped(text, quotes: "'"), margin: 6)
        if lines.count <= 1 { return source.line("\"\"\"\(lines.first ?? "")\"\"\"") }
        source.line("\"\"\"\(lines[0])")
        for line in lines.dropFirst() { source.line(line) }
        source.line("\"\"\"")
    }

    /// Escapes what would end a text; `quotes` replaces double quotes in a docstring.
    private static func escaped(_ text: String, quotes: String = "\\\"") -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += quotes
            case "\n", "\r": escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
