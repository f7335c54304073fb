import JSON

// What a tool makes of the params of its method.
extension ArgumentSchema {
    /// Whether there is an argument with this name.
    func has(_ key: Value) -> Bool { properties.contains { key.equalsText($0.name) } }

    mutating func require(_ name: String) {
        if !required.contains(name) { required.append(name) }
    }

    mutating func remove(_ name: String) {
        properties.removeAll { $0.name == name }
        required.removeAll { $0 == name }
    }

    /// Takes an argument away, and the member of `patch` with its name.
    mutating func withhold(_ name: String) {
        remove(name)
        edit("patch") { $0.remove(name) }
    }

    mutating func limit(_ name: String, toAtMost maximum: Int64) {
        edit(name) { $0.maximum = maximum }
    }

    mutating func describe(_ name: String, _ text: String?) {
        edit(name) { $0.description = text }
    }

    mutating func limit(_ name: String, to values: [String]) {
        edit(name) { $0.values = values }
    }

    mutating func tell(_ name: String, _ text: String) {
        edit(name) { $0.description = ($0.description ?? "") + text }
    }

    private mutating func edit(_ name: String, _ change: (inout ArgumentSchema) -> Void) {
        for index in properties.indices where properties[index].name == name { change(&properties[index].schema) }
    }

    /// Adds the argument `remove`, which names the members of `patch` to take away, because null is no value of one
    /// type.
    mutating func offerRemoval() {
        guard let patch = properties.first(where: { $0.name == "patch" }) else { return }
        let names = patch.schema.removable
        guard !names.isEmpty else { return }
        var list = ArgumentSchema(type: "array", description: "Members to take away")
        list.items = [ArgumentSchema(type: "string", values: names)]
        properties.append(Property(name: "remove", schema: list))
        required.removeAll { $0 == "patch" }
    }
}

/// Writes the members of a merge patch (RFC 7396) that take members away.
enum Removal {
    /// Appends a null for each path to an open object.
    static func write(_ paths: [[String]], to object: inout Writer) {
        for path in paths where path.count == 1 {
            object.key(path[0])
            object.null()
        }
        for (name, inner) in nested(paths) {
            object.key(name)
            object.object { write(inner, to: &$0) }
        }
    }

    /// Appends an object with a null for each path beside its own members.
    static func write(_ paths: [[String]], into value: Value, to writer: inout Writer) {
        writer.object { object in
            var rest = paths
            for member in value.members {
                let name = member.key.string ?? ""
                let inner = rest.filter { $0.count > 1 && $0[0] == name }.map { Array($0.dropFirst()) }
                object.key(name)
                if !inner.isEmpty, member.value.kind == .object {
                    write(inner, into: member.value, to: &object)
                    rest.removeAll { $0.count > 1 && $0[0] == name }
                } else {
                    object.value(member.value)
                }
            }
            write(rest, to: &object)
        }
    }

    private static func nested(_ paths: [[String]]) -> [(name: String, paths: [[String]])] {
        var found: [(name: String, paths: [[String]])] = []
        for path in paths where path.count > 1 {
            if let index = found.firstIndex(where: { $0.name == path[0] }) {
                found[index].paths.append(Array(path.dropFirst()))
            } else {
                found.append((path[0], [Array(path.dropFirst())]))
            }
        }
        return found
    }
}

extension Value {
    /// Whether the value is a string that equals a text byte by byte.
    func equalsText(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { equals($0) }
    }

    /// The value of the member with a name.
    func member(_ name: String) -> Value? {
        var name = name
        return name.withUTF8 { self[$0] }
    }
}
