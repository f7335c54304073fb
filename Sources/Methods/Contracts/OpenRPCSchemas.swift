import JSON

/// Schemas of the contracts as an OpenRPC document has them: a reference points to a component, and each schema that
/// is written in place has a title, from which generators make the name of its type.
struct OpenRPCSchemas: Sendable {
    /// The names of the document's components, which no other schema has as its title.
    let components: Set<String>

    /// Where a keyword holds schemas.
    private enum Place {
        /// The value is a schema; its title ends in this word.
        case one(String)
        /// An array of schemas.
        case list(String)
        /// An object whose members are schemas.
        case named(String)
    }

    private static func place(of keyword: String) -> Place? {
        switch keyword {
        case "items": .one("Item")
        case "propertyNames": .one("Name")
        case "additionalProperties": .one("Member")
        case "if", "then", "else", "not": .one(OpenRPCDocument.componentName(keyword))
        case "oneOf", "anyOf", "allOf": .list("Option")
        case "properties": .named("")
        case "dependentSchemas": .named("With")
        default: nil
        }
    }

    /// Appends a component: a schema that has its name as title.
    func write(component: Value, named name: String, to writer: inout Writer) {
        write(component, finally: name, to: &writer)
    }

    /// Appends a schema that is written in place.
    func write(_ schema: Value, titled title: String, to writer: inout Writer) {
        write(schema, finally: components.contains(title) ? title + "Value" : title, to: &writer)
    }

    /// Appends a schema, with this title unless it is a reference.
    private func write(_ schema: Value, finally title: String, to writer: inout Writer) {
        guard schema.kind == .object else { return writer.compact(schema) }
        let isReference = schema["$ref"] != nil
        writer.object { object in
            if !isReference && schema["title"] == nil { object.member("title", title) }
            for member in schema.members {
                guard let keyword = member.key.string else { continue }
                object.key(keyword)
                if keyword == "$ref", let target = member.value.string {
                    object.string("#/components/schemas/\(Self.component(of: target))")
                } else if let place = Self.place(of: keyword) {
                    write(member.value, at: place, under: title, to: &object)
                } else {
                    object.compact(member.value)
                }
            }
        }
    }

    private func write(_ value: Value, at place: Place, under title: String, to writer: inout Writer) {
        switch place {
        case .one(let word):
            write(value, titled: title + word, to: &writer)
        case .list(let word):
            writer.array { list in
                for (index, schema) in value.elements.enumerated() {
                    write(schema, titled: "\(title)\(word)\(index + 1)", to: &list)
                }
            }
        case .named(let word):
            writer.object { object in
                for member in value.members {
                    guard let name = member.key.string else { continue }
                    object.key(name)
                    write(member.value, titled: title + word + OpenRPCDocument.componentName(name), to: &object)
                }
            }
        }
    }

    /// The component that a reference points to: `Cpf` for `../types/cpf.json`.
    private static func component(of reference: String) -> String {
        let file = reference.split(separator: "/").last ?? ""
        return OpenRPCDocument.componentName(file.hasSuffix(".json") ? file.dropLast(".json".count) : file)
    }
}
