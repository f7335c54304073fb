import Bureau
import Repositories
import Vault

/// What the three bases tell of erased subjects, and where they disagree.
public struct ConsistencyReport: Hashable, Sendable {
    /// Erasures that are not done.
    public var openErasures = 0
    /// The tombstones of each base.
    public var tombstones: [Base: Int] = [:]
    /// Subjects who were erased by another base's tombstone, and have none in this base.
    public var missingTombstones: [Base: Int] = [:]
    /// Subjects of whom a base holds something beside a tombstone.
    public var remains: [Base: Int] = [:]
    /// Tombstones that base A's ring does not open.
    public var unreadable: [Base: Int] = [:]
    /// Bases that could not be asked.
    public var unavailable: Set<Base> = []
    /// What bases A and B have otherwise than the audit log tells of their latest writes; nil when that could not be
    /// found out.
    public var writes: WriteFindings?
    /// How many of the differences were repaired; nil when that was not asked for.
    public var repaired: Int?
    /// The subjects that bases A and B hold: a fact, and no difference.
    public var subjects: [Base: Int] = [:]

    public init() {}

    /// What is not as it has to be.
    public var differences: Int {
        let writes = writes ?? WriteFindings()
        return openErasures + unavailable.count + writes.log
            + [missingTombstones, remains, unreadable, writes.putBack, writes.removed]
            .reduce(0) { $0 + $1.values.reduce(0, +) }
    }
}

/// Holds the tombstones of the bases and of the audit log against each other, and buries again whom a base has
/// forgotten to forget, such as after an older copy of its data was put back.
extension ErasureService {
    private static let pageSize = 1000

    /// Told how many subjects of a base were looked at.
    public typealias Progress = @Sendable (Base, Int) -> Void

    /// Buries and erases subjects wherever another base has their tombstone and this one has none. Meant for the start
    /// of a daemon, before it serves. Returns false when a base could not be asked, so that it has to be done again.
    public func reapply() async -> Bool {
        var census = await census { _, _ in }
        for base in Base.allCases where !census.unavailable.contains(base) {
            let notes = census.missing(in: base)
            if !(await forget(notes, in: base)) { census.unavailable.insert(base) }
        }
        return census.unavailable.isEmpty
    }

    /// Tells where the bases disagree; with `repairing`, ends what is open, applies missing tombstones and deletes what
    /// lies beside one, and tells what was found. With `accepting`, what differs from the audit log counts as the
    /// latest from now on.
    public func consistency(
        repairing: Bool, accepting: Bool = false, progress: @escaping Progress
    ) async -> ConsistencyReport {
        var report = ConsistencyReport()
        if let open = try? await persons.repository.openEntries(1_000_000) { report.openErasures = open.count }
        if repairing {
            // Also tasks that a daemon holds at the moment: each step may be done twice.
            while await workOff(at: persons.stamps.now().later(by: 86_400_000_000)) > 0 {}
        }
        var census = await census(progress)
        if let writes, census.unavailable.isDisjoint(with: [.a, .b]) {
            do throws(StoreError) {
                report.writes = try await writes.findings(accepting: accepting, progress: progress) { tombstones in
                    census.add(logged: tombstones)
                    return census.erased
                }
                if repairing { try await log(census.unlogged, by: writes) }
            } catch {
                census.unavailable.insert(error.base)
            }
        }
        // Erasures that have begun while the bases were asked one after the other.
        if !census.isWhole { census.add(tokensOf: await self.census { _, _ in }) }
        for base in Base.allCases {
            guard !census.unavailable.contains(base) else { continue }
            report.tombstones[base] = census.tokens[base]?.count ?? 0
            report.unreadable[base] = census.unreadable[base] ?? 0
            let missing = census.missing(in: base)
            report.missingTombstones[base] = missing.count
            guard let left = await remains(in: base, census) else {
                census.unavailable.insert(base)
                continue
            }
            report.remains[base] = left.count
            if repairing, !(await forget(missing + left, in: base)) { census.unavailable.insert(base) }
            if base != .c { report.subjects[base] = await count(base, progress) }
        }
        report.unavailable = census.unavailable
        if repairing { report.repaired = await repaired(of: report) }
        return report
    }

    /// How many of the differences that were found are no more after a repair.
    private func repaired(of report: ConsistencyReport) async -> Int {
        let open = (try? await persons.repository.openEntries(1_000_000))?.count ?? report.openErasures
        return Base.allCases.filter { !report.unavailable.contains($0) }.reduce(max(0, report.openErasures - open)) {
            $0 + (report.missingTombstones[$1] ?? 0) + (report.remains[$1] ?? 0)
        }
    }

    /// Has the audit log know erasures of earlier versions.
    private func log(_ notes: [ErasureNote], by writes: WriteCheck) async throws(StoreError) {
        for start in stride(from: 0, to: notes.count, by: Self.pageSize) {
            let page = notes[start..<min(start + Self.pageSize, notes.count)]
            try await writes.log.append(writes.trail.lines(of: tombstones(of: Array(page), .a)))
        }
    }

    /// Those of whom a base holds something beside its own tombstone.
    private func remains(in base: Base, _ census: Census) async -> [ErasureNote]? {
        let own = census.notes.values.filter { census.tokens[base]?.contains($0.tokens[base]) == true }
        var left: [ErasureNote] = []
        for start in stride(from: 0, to: own.count, by: Self.pageSize) {
            let page = Array(own[start..<min(start + Self.pageSize, own.count)])
            guard let found = try? await store(of: base).remains(of: page.map { $0.tokens[base] }) else { return nil }
            left += zip(page, found).filter(\.1).map(\.0)
        }
        return left
    }

    private func forget(_ notes: [ErasureNote], in base: Base) async -> Bool {
        for start in stride(from: 0, to: notes.count, by: Self.pageSize) {
            let known = Array(notes[start..<min(start + Self.pageSize, notes.count)])
            guard let page = await prepared(known, base) else { return false }
            let tombstones = tombstones(of: page, base)
            guard tombstones.count == page.count else { return false }
            do throws(StoreError) {
                try await store(of: base).bury(tombstones)
                try await store(of: base).erase(page.map { $0.tokens[base] })
            } catch {
                return false
            }
            for note in page { noteErasure(of: note.tokens[base], in: base) }
        }
        return true
    }

    /// How many subjects a base holds; nil when it could not be asked.
    private func count(_ base: Base, _ progress: Progress) async -> Int? {
        let repository: any DataKeyRepository = base == .a ? persons.repository : profiles
        var (count, cursor) = (0, DataKeyCursor?.none)
        while true {
            guard let page = try? await repository.dataKeys(after: cursor, limit: Self.pageSize) else { return nil }
            count += page.keys.count
            progress(base, count)
            guard let next = page.next else { return count }
            cursor = next
        }
    }

    /// Reads all tombstones of all bases.
    private func census(_ progress: Progress) async -> Census {
        var census = Census(sealed: notes)
        for base in Base.allCases {
            var last: SubjectToken?
            while true {
                guard let page = try? await store(of: base).tombstones(after: last, limit: Self.pageSize) else {
                    census.unavailable.insert(base)
                    break
                }
                for tombstone in page { census.add(tombstone, of: base) }
                if page.count < Self.pageSize { break }
                last = page.last?.token
            }
            progress(base, census.tokens[base]?.count ?? 0)
        }
        return census
    }

    /// The tombstones of all bases and of the audit log.
    private struct Census {
        let sealed: ErasureNotes
        /// Each erasure that a base or the log tells, by the subject's token in base A.
        var notes: [SubjectToken: ErasureNote] = [:]
        /// The subjects' tokens in base A of whom the log has a tombstone.
        private var logged: Set<SubjectToken> = []
        var tokens: [Base: Set<SubjectToken>] = [:]
        var unreadable: [Base: Int] = [:]
        var unavailable: Set<Base> = []

        init(sealed: ErasureNotes) { self.sealed = sealed }

        mutating func add(_ tombstone: Tombstone, of base: Base) {
            guard let note = sealed.note(in: tombstone, of: base) else {
                tokens[base, default: []].insert(tombstone.token)
                unreadable[base, default: 0] += 1
                return
            }
            tokens[base, default: []].insert(note.tokens[base])
            // Base A's has the certificate.
            if notes[note.tokens.a] == nil || base == .a { notes[note.tokens.a] = note }
        }

        /// Adds what the log has; what no process with base A's ring wrote is a finding of the log.
        mutating func add(logged tombstones: [Tombstone]) {
            for tombstone in tombstones {
                guard let note = sealed.note(in: tombstone, of: .a) else { continue }
                logged.insert(note.tokens.a)
                if notes[note.tokens.a] == nil { notes[note.tokens.a] = note }
            }
        }

        /// Adds tombstones of the same bases that were read later, of the erasures that are known.
        mutating func add(tokensOf later: Census) {
            for (base, tokens) in later.tokens { self.tokens[base, default: []].formUnion(tokens) }
        }

        /// Whether each base that could be asked has the tombstones of the others.
        var isWhole: Bool { Base.allCases.allSatisfy { unavailable.contains($0) || missing(in: $0).isEmpty } }

        /// The erasures that the log does not have.
        var unlogged: [ErasureNote] { notes.values.filter { !logged.contains($0.tokens.a) } }

        /// The tokens in each base of everybody whom any base knows to be erased.
        var erased: [Base: Set<SubjectToken>] {
            var erased = tokens
            for base in Base.allCases {
                for note in notes.values { erased[base, default: []].insert(note.tokens[base]) }
            }
            return erased
        }

        /// The erasures of subjects who have no tombstone in a base.
        func missing(in base: Base) -> [ErasureNote] {
            notes.values.filter { tokens[base]?.contains($0.tokens[base]) != true }
        }
    }
}

extension StoreError {
    /// The base that failed.
    fileprivate var base: Base {
        switch self {
        case .unavailable(let base, _, _), .outcomeUnknown(let base, _), .corrupt(let base): base
        case .auditUnavailable, .journalUnavailable: .a
        }
    }
}
