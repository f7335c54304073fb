import Bureau

/// What the audit log says of the writes of bases A and B: for each record the latest, by which a former copy that was
/// put back is known.
///
/// It holds a bounded number of records. When there are more, it lets go of the subjects whose tokens are the highest,
/// and the log is read once more for these.
struct WriteLedger {
    /// A record that is written about.
    struct Name: Hashable {
        var base: Base
        var token: SubjectToken
        var row: WriteMark.Row
    }

    /// What is known of a record.
    struct Entry: Hashable {
        var state: WriteMark.State
        /// The highest version that was told.
        var version: Int64
        var at: Instant
        /// Nothing that was written before counts: an operator has accepted what there was.
        var since: Instant?
        /// The daemons that were about to delete the record, and have not told the end.
        var deletions = 0
        var mayBeAbsent: Bool { deletions > 0 }
        /// A former version was written on: the record had been put back before.
        var hasGoneBack = false
    }

    private let most: Int
    /// The subjects by the first octet of their tokens.
    private(set) var octets: Range<Int>
    private(set) var entries: [Name: Entry] = [:]

    init(octets: Range<Int>, most: Int) {
        self.octets = octets
        self.most = most
    }

    func covers(_ token: SubjectToken) -> Bool { octets.contains(token.firstOctet) }

    /// Takes the latest record away, so that what stays is what was not found.
    mutating func take(_ name: Name) -> Entry? { entries.removeValue(forKey: name) }

    /// Takes a line of the log, in the log's order; lines about something else are passed over.
    mutating func add(line: [UInt8]) {
        guard let record = WriteRecord(line: line) else { return }
        for mark in record.marks where covers(mark.token) {
            let name = Name(base: record.base, token: mark.token, row: mark.row)
            entries[name] = Self.entry(after: entries[name], mark.state, record)
        }
        while entries.count > most, octets.count > 1 {
            octets = octets.lowerBound..<octets.lowerBound + (octets.count + 1) / 2
            entries = entries.filter { octets.contains($0.key.token.firstOctet) }
        }
    }

    private static func entry(after former: Entry?, _ state: WriteMark.State, _ record: WriteRecord) -> Entry? {
        let (at, version) = (record.at, state.version)
        guard !record.isAcceptance else {
            return Entry(state: state, version: version ?? 0, at: at, since: at)
        }
        guard var entry = former else {
            // The log has nothing that was there before.
            return state == .leaving || state == .staying ? nil : Entry(state: state, version: version ?? 0, at: at)
        }
        if let since = entry.since, at < since { return entry }
        if state == .leaving || state == .staying {
            entry.deletions = max(0, entry.deletions + (state == .leaving ? 1 : -1))
            return entry
        }
        // Base A's records are in the order of the writes, those of base B in the order in which journals were carried.
        if record.base == .b {
            let isLater =
                (version ?? 0, state.isAbsent ? 1 : 0, at.microsecondsSinceEpoch)
                >= (entry.version, entry.state.isAbsent ? 1 : 0, entry.at.microsecondsSinceEpoch)
            guard isLater else { return entry }
        } else if let version, version < entry.version || version == entry.version && !state.isAbsent {
            // Each write has a version of its own, but for the deletion of the last one.
            entry.hasGoneBack = true
        }
        entry.state = state
        entry.version = version ?? entry.version
        entry.at = at
        entry.deletions = 0
        return entry
    }
}

extension WriteMark.State {
    var isAbsent: Bool { if case .absent = self { true } else { false } }

    var version: Int64? {
        switch self {
        case .present(_, let version), .absent(let version): version
        case .leaving, .staying: nil
        }
    }

    /// Whether both are the same content, or both none.
    func isSame(as other: WriteMark.State) -> Bool {
        switch (self, other) {
        case (.present(let mark, _), .present(let otherMark, _)): mark == otherMark
        case (.absent, .absent): true
        default: false
        }
    }
}

extension SubjectToken {
    var firstOctet: Int { withBytes { $0.first.map(Int.init) ?? 0 } }
}
