import JSON

/// Turns a row of NDJSON into the params of its kind's method, with members that have other names in the file.
public struct RowRenaming: Sendable {
    private let kind: ImportKind
    /// The member that each name of the file stands for; nil for one that is left out.
    private let paths: [String: [String]?]

    /// `maps` names members of the file, and the path of each in the params; nil leaves it out.
    public init(_ kind: ImportKind, maps: [String: [String]?] = [:]) {
        self.kind = kind
        paths = maps
    }

    /// Appends the params of an object.
    func write(_ row: Value, to params: inout Writer) {
        if !paths.isEmpty { return writeRenamed(row, to: &params) }
        guard let nested = kind.nestedMember, row[nested] == nil else { return params.value(row) }
        params.object { object in
            for member in row.members where Self.isOuter(member.key) { Self.write(member, to: &object) }
            object.key(nested)
            object.object { inner in
                for member in row.members where !Self.isOuter(member.key) { Self.write(member, to: &inner) }
            }
        }
    }

    private static func isOuter(_ key: Value) -> Bool { ImportKind.outerMembers.contains { key.equals($0) } }

    /// Appends a member as it is written in the row.
    private static func write(_ member: Value.Member, to object: inout Writer) {
        object.value(member.key)
        object.raw(":")
        object.value(member.value)
    }

    private func writeRenamed(_ row: Value, to params: inout Writer) {
        var entries: [Entry] = []
        let nested = kind.nestedMember.flatMap { row[$0] == nil ? "\($0)" : nil }
        for member in row.members {
            let name = member.key.string ?? ""
            if let path = paths[name] {
                if let path { entries.append(Entry(path: path[...], value: member.value)) }
            } else if let nested, !Self.isOuter(member.key) {
                entries.append(Entry(path: [nested, name], value: member.value))
            } else {
                entries.append(Entry(path: [name], value: member.value))
            }
        }
        Self.write(entries, to: &params)
    }

    /// A value, and where it goes.
    private struct Entry {
        let path: ArraySlice<String>
        let value: Value
    }

    /// Appends an object of values; those that lie in an object of the row join the ones that were sent there.
    private static func write(_ entries: [Entry], to params: inout Writer) {
        var names: [String] = []
        for entry in entries {
            if let name = entry.path.first, !names.contains(name) { names.append(name) }
        }
        params.object { object in
            for name in names {
                let own = entries.filter { $0.path.first == name }
                if own.count == 1 || own.allSatisfy({ $0.path.count == 1 }) {
                    write(own, named: name, to: &object)
                } else {
                    let inner = own.flatMap { entry in
                        entry.path.count > 1 || entry.value.kind != .object
                            ? [Entry(path: entry.path.dropFirst(), value: entry.value)]
                            : entry.value.members.map { Entry(path: [$0.key.string ?? ""], value: $0.value) }
                    }
                    object.key(name)
                    write(inner.filter { !$0.path.isEmpty }, to: &object)
                    // A value where others need an object is refused as a repeated member.
                    for entry in inner where entry.path.isEmpty {
                        object.key(name)
                        object.value(entry.value)
                    }
                }
            }
        }
    }

    private static func write(_ entries: [Entry], named name: String, to object: inout Writer) {
        for entry in entries {
            object.key(name)
            if entry.path.count == 1 {
                object.value(entry.value)
            } else {
                write([Entry(path: entry.path.dropFirst(), value: entry.value)], to: &object)
            }
        }
    }
}
