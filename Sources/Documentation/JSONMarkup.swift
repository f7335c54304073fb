import JSON

/// JSON texts of examples, in which some values are marked: those that only the daemon knows.
struct JSONMarkup {
    /// The JSON Pointers of the marked values, each with the attributes of its mark.
    let marks: [String: HTML]

    /// One line, as it is sent.
    func line(_ value: Value, at pointer: String = "") -> HTML {
        if let mark = marks[pointer] { return "<var\(mark)>\(SchemaMarkup.compact(value))</var>" }
        switch value.kind {
        case .object:
            let members = value.members.map { member in
                "\(key(member)):\(line(member.value, at: child(of: pointer, member)))" as HTML
            }
            return "{\(members.joined(","))}"
        case .array:
            let elements = value.elements.enumerated().map { line($1, at: "\(pointer)/\($0)") }
            return "[\(elements.joined(","))]"
        default: return "\(SchemaMarkup.compact(value))"
        }
    }

    /// Lines of at most about 72 columns, as they are read.
    func lines(_ value: Value, at pointer: String = "", indent: String = "", column: Int = 0) -> HTML {
        let isShort = indent.count + column + SchemaMarkup.compact(value).count <= 64
        if isShort || marks[pointer] != nil || value.kind != .object && value.kind != .array {
            return line(value, at: pointer)
        }
        let inner = indent + " "
        let parts: [HTML]
        if value.kind == .object {
            parts = value.members.map { member in
                let name = key(member)
                let text = lines(
                    member.value, at: child(of: pointer, member), indent: inner, column: name.text.count + 2)
                return "\(inner)\(name): \(text)"
            }
        } else {
            parts = rows(of: value, at: pointer, indent: inner)
        }
        let (open, close): (HTML, HTML) = value.kind == .object ? ("{", "}") : ("[", "]")
        return "\(open)\n\(parts.joined(",\n"))\n\(indent)\(close)"
    }

    /// The elements of an array: one a line, but texts and numbers as many as fit into a line.
    private func rows(of array: Value, at pointer: String, indent: String) -> [HTML] {
        var rows: [HTML] = []
        var room = 0
        for (index, element) in array.elements.enumerated() {
            let text = lines(element, at: "\(pointer)/\(index)", indent: indent)
            let isShort = element.kind != .object && element.kind != .array
            let length = SchemaMarkup.compact(element).count + 1
            if isShort, length <= room {
                rows[rows.count - 1] = "\(rows[rows.count - 1]),\(text)"
                room -= length
            } else {
                rows.append("\(indent)\(text)")
                room = isShort ? 72 - indent.count - length : 0
            }
        }
        return rows
    }

    private func key(_ member: Value.Member) -> HTML { "\(SchemaMarkup.compact(member.key))" }

    /// The pointer of a member; RFC 6901 §3 escapes.
    private func child(of pointer: String, _ member: Value.Member) -> String {
        let name = (member.key.string ?? "").replacing("~", with: "~0").replacing("/", with: "~1")
        return "\(pointer)/\(name)"
    }
}
