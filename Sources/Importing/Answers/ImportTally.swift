import JSON

/// What became of the rows of an import, up to a place in its file.
public struct ImportTally: Equatable, Sendable {
    /// The rows that were read; empty lines do not count.
    public var rows = 0
    public var imported = 0
    public var updated = 0
    /// Rows whose record was there already, with the same content.
    public var unchanged = 0
    public var skipped = 0
    public var rejected = 0
    /// How many rows were rejected for each reason.
    public var reasons: [String: Int] = [:]

    public init() {}

    private static let counts: [(name: StaticString, path: WritableKeyPath<ImportTally, Int> & Sendable)] = [
        ("rows", \.rows), ("imported", \.imported), ("updated", \.updated), ("unchanged", \.unchanged),
        ("skipped", \.skipped), ("rejected", \.rejected),
    ]

    mutating func add(_ ending: RowEnding) {
        rows += 1
        switch ending {
        case .imported: imported += 1
        case .updated: updated += 1
        case .unchanged: unchanged += 1
        case .skipped: skipped += 1
        case .rejected(let refusal):
            rejected += 1
            reasons[refusal.first.reason, default: 0] += 1
        }
    }

    /// Appends the members of an object. A dry run imports nothing: what would be imported is valid.
    public func write(to object: inout Writer, isDryRun: Bool = false) {
        for count in Self.counts {
            object.key(isDryRun && count.path == \.imported ? "valid" : count.name)
            object.number(self[keyPath: count.path])
        }
        object.key("reasons")
        object.object { list in
            for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) {
                list.key(reason)
                list.number(count)
            }
        }
    }

    /// Reads what `write` has written; nil for anything else.
    init?(_ root: Value) {
        for count in Self.counts {
            guard let number = root[count.name]?.int64.flatMap({ Int(exactly: $0) }), number >= 0 else { return nil }
            self[keyPath: count.path] = number
        }
        guard let reasons = root["reasons"], reasons.kind == .object else { return nil }
        for member in reasons.members {
            guard let name = member.key.string, let count = member.value.int64 else { return nil }
            self.reasons[name] = Int(count)
        }
    }
}

/// What became of one row.
public enum RowEnding: Equatable, Sendable {
    case imported, updated, unchanged, skipped
    case rejected(RowRefusal)
}
