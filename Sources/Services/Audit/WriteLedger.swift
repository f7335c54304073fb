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
        /// The versions of a profile that were told by those who wrote them.
        var told: ToldVersions
        /// What an operator has accepted, whose own daemon may tell it later.
        var accepted: WriteMark.State?
        /// The daemons that were about to delete the record, and have not told the end.
        var deletions = 0
        var mayBeAbsent: Bool { deletions > 0 }
        /// A former version was written on: the record had been put back before.
        var hasGoneBack = false

        init(_ state: WriteMark.State) {
            self.state = state
            version = state.version ?? 0
            if case .present(_, let version) = state { told = ToldVersions(version) } else { told = ToldVersions(nil) }
        }
    }

    private let most: Int
    /// Gives the subject's present token in a base, since the log has each record under the token of its time.
    private let present: (Base, SubjectToken) -> SubjectToken
    /// The subjects by the first octet of their tokens.
    private(set) var octets: Range<Int>
    private(set) var entries: [Name: Entry] = [:]

    init(
        octets: Range<Int>, most: Int, present: @escaping (Base, SubjectToken) -> SubjectToken = { _, token in token }
    ) {
        self.octets = octets
        self.most = most
        self.present = present
    }

    func covers(_ token: SubjectToken) -> Bool { octets.contains(token.firstOctet) }

    /// Takes the latest record away, so that what stays is what was not found.
    mutating func take(_ name: Name) -> Entry? { entries.removeValue(forKey: name) }

    /// Takes a line of the log, in the log's order; lines about something else are passed over.
    mutating func add(line: [UInt8]) {
        guard let record = WriteRecord(line: line) else { return }
        for mark in record.marks {
            let token = present(record.base, mark.token)
            guard covers(token) else { continue }
            let name = Name(base: record.base, token: token, row: mark.row)
            entries[name] = Self.entry(after: entries[name], mark.state, record)
        }
        while entries.count > most, octets.count > 1 {
            octets = octets.lowerBound..<octets.lowerBound + (octets.count + 1) / 2
            entries = entries.filter { octets.contains($0.key.token.firstOctet) }
        }
    }

    private static func entry(after former: Entry?, _ state: WriteMark.State, _ record: WriteRecord) -> Entry? {
        // Nothing that was told before counts: an operator has accepted what there was.
        if record.isAcceptance {
            var entry = Entry(state)
            entry.accepted = state
            return entry
        }
        guard var entry = former else {
            // The log has nothing that was there before.
            return state == .leaving || state == .staying ? nil : Entry(state)
        }
        switch state {
        case .leaving: entry.deletions += 1
        case .staying: entry.deletions = max(0, entry.deletions - 1)
        case .present, .resealed, .absent:
            if record.base == .a { entry.add(state) } else { entry.addCarried(state) }
        }
        return entry
    }
}

extension WriteLedger.Entry {
    /// Adds a write of base A, whose records are in the order of the writes.
    fileprivate mutating func add(_ state: WriteMark.State) {
        if case .resealed(_, let version, _) = state {
            // The version stays, so that one before the latest is that of a former copy.
            hasGoneBack = hasGoneBack || version < self.version || self.state.isAbsent
        } else if let new = state.version, !state.isAbsent {
            // Each write has a version of its own. A creation tells none, and nothing else follows a deletion.
            hasGoneBack = hasGoneBack || new <= version || self.state.isAbsent
        } else if let deleted = state.version, deleted < version {
            hasGoneBack = true
        }
        take(state)
    }

    /// Adds a write of base B, whose records are in the order in which journals were carried. Clocks say nothing, since
    /// each daemon has its own.
    fileprivate mutating func addCarried(_ state: WriteMark.State) {
        if case .present(_, let version?) = state, !told.add(version), !self.state.isSame(as: state),
            accepted?.isSame(as: state) != true
        {
            hasGoneBack = true
        }
        if state.order >= (version, self.state.isAbsent ? 1 : 0, self.state.generation) {
            take(state)
        } else if state.isAbsent {
            deletions = max(0, deletions - 1)
        }
    }

    private mutating func take(_ state: WriteMark.State) {
        self.state = state
        version = state.version ?? version
        deletions = 0
    }
}

extension WriteMark.State {
    var isAbsent: Bool { if case .absent = self { true } else { false } }

    /// The mark of what is there.
    private var mark: UInt64? {
        switch self {
        case .present(let mark, _), .resealed(let mark, _, _): mark
        case .absent, .leaving, .staying: nil
        }
    }

    var version: Int64? {
        switch self {
        case .present(_, let version), .absent(let version): version
        case .resealed(_, let version, _): version
        case .leaving, .staying: nil
        }
    }

    /// The generation of the data key, which begins at 1 with each write.
    var generation: UInt32 { if case .resealed(_, _, let generation) = self { generation } else { 1 } }

    /// States of a profile have the order of their writes.
    fileprivate var order: (Int64, Int, UInt32) { (version ?? 0, isAbsent ? 1 : 0, generation) }

    /// Whether both are the same content, or both none.
    func isSame(as other: WriteMark.State) -> Bool {
        if let mark { mark == other.mark } else { isAbsent && other.isAbsent }
    }
}

extension SubjectToken {
    var firstOctet: Int { withBytes { $0.first.map(Int.init) ?? 0 } }
}
