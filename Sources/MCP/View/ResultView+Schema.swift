import JSON

// The output schema of a tool: what the view of its results may hold.
extension ResultView {
    /// Appends a JSON Schema without references, whose root is an object.
    func writeSchema(to writer: inout Writer) {
        write(shape, to: &writer)
    }

    private func write(_ shape: ResultShape, to writer: inout Writer) {
        writer.object { schema in
            let types = Self.types(of: shape)
            if types.count == 1 {
                schema.key("type")
                schema.string(types[0])
            } else {
                schema.texts("type", types)
            }
            if shape.rule == nil, 1...Self.longestList ~= shape.values.count, shape.scalars.isEmpty {
                schema.texts("enum", shape.values.sorted())
            }
            if shape.isObject {
                schema.key("properties")
                schema.object { properties in
                    for member in shape.members where isEverSeen(member.shape) {
                        properties.key(name(of: member))
                        write(member.shape, to: &properties)
                    }
                }
            }
            if let items = shape.items.first {
                schema.key("items")
                write(items, to: &schema)
            }
        }
    }

    /// The longest list of texts that a schema spells out.
    private static let longestList = 8

    private static func types(of shape: ResultShape) -> [String] {
        (shape.isObject ? ["object"] : []) + (shape.items.isEmpty ? [] : ["array"])
            + (shape.rule != nil || !shape.values.isEmpty ? ["string"] : []) + shape.scalars.sorted()
    }

    /// Whether any value of a shape goes out.
    private func isEverSeen(_ shape: ResultShape) -> Bool {
        if shape.isObject || !shape.items.isEmpty || !shape.scalars.isEmpty || !shape.values.isEmpty { return true }
        switch shape.rule {
        case nil, .secret: return false
        case .contacts, .street, .text: return shape.rule?.opener.map { revealed.contains($0) } ?? false
        default: return true
        }
    }
}
