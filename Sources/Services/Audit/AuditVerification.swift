import Bureau
import Repositories
import Vault

/// What is wrong with the audit log, and where.
public struct AuditFinding: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A record does not have the hash that its leaf had when it was added.
        case altered
        /// The record of a leaf is not there, and was not dropped by retention.
        case removed
        /// A record that is neither in the tree nor waiting for it, or that nobody with base A's ring wrote.
        case inserted
        /// The record of a leaf is that of another one.
        case reordered
        /// The columns of a record say otherwise than its line.
        case columns
        /// A head's signature does not hold.
        case forgedHead = "forged_head"
        /// The leaves up to a signed head do not have its root, or are fewer.
        case head
        /// A head is gone from the store: one that was witnessed, or one that signed the leaves before the next head.
        case missingHead = "missing_head"
        /// Leaves behind the latest head.
        case unsigned
        /// A note of what was dropped that no process with base A's ring wrote.
        case forgedSegment = "forged_segment"
    }

    public var kind: Kind
    /// The leaf; of a head the number of leaves; nil where there is none.
    public var leaf: Int64?
    public var recordID: RecordID?

    public init(_ kind: Kind, leaf: Int64? = nil, recordID: RecordID? = nil) {
        self.kind = kind
        self.leaf = leaf
        self.recordID = recordID
    }
}

/// The result of a verification.
public struct AuditVerdict: Hashable, Sendable {
    /// How many leaves the tree has, and how many of them have their record.
    public var size: Int64
    public var records: Int64
    public var heads: Int
    /// The leaves of the largest head that the witness knows; 0 without a witness.
    public var witnessed: Int64
    /// At most `mostFindings`.
    public var findings: [AuditFinding]

    public static let mostFindings = 100

    public init(size: Int64, records: Int64, heads: Int, witnessed: Int64 = 0, findings: [AuditFinding]) {
        self.witnessed = witnessed
        self.size = size
        self.records = records
        self.heads = heads
        self.findings = findings
    }
}

/// The heads of a log that is verified.
private struct StoredHeads {
    /// Those that are there, and those that were witnessed.
    private(set) var all: [TreeHead] = []
    private(set) var stored: Set<UInt64> = []
    private(set) var witnessed: Set<UInt64> = []
    /// How many no key of this log signed.
    private(set) var forged = 0
    /// The largest size of those that are there: a witness does not make good for one that was removed.
    private(set) var signed: UInt64 = 0

    mutating func add(_ notes: [[UInt8]], _ verifier: HeadVerifier) -> [TreeHead] {
        let heads = notes.compactMap(verifier.head)
        forged += notes.count - heads.count
        stored.formUnion(heads.map(\.size))
        signed = max(signed, heads.map(\.size).max() ?? 0)
        all += heads
        return heads
    }

    mutating func add(witnessed notes: [[UInt8]], _ verifier: HeadVerifier) {
        let notes = Set(notes)
        let heads = notes.compactMap(verifier.head)
        forged += notes.count - heads.count
        witnessed.formUnion(heads.map(\.size))
        let known = Set(all)
        all += heads.filter { !known.contains($0) }
    }

    /// The sizes of heads that are gone, but for those behind the latest one: a head of at most `most` leaves more than
    /// the one before was signed for all leaves.
    func missing(most: UInt64) -> [UInt64] {
        var missing = witnessed.subtracting(stored).filter { $0 < signed }
        var last: UInt64 = 0
        for size in stored.union(missing).sorted() {
            if size - last > most { missing.insert(last + most) }
            last = size
        }
        return missing.sorted()
    }
}

extension AuditLog {
    private static let page = 4096

    /// Reads the whole log and tells what does not fit: each record against its leaf and its MAC, the leaves against
    /// every head that is there or was witnessed. `read` is given the lines that are as they were written.
    public func verify(
        witnessed: [[UInt8]] = [], _ read: (AuditLine) -> Void = { _ in }
    ) async throws(StoreError) -> AuditVerdict {
        var heads = StoredHeads()
        try await self.read(into: &heads)
        heads.add(witnessed: witnessed, keys.verifier)
        var checker = LeafChecker(heads: heads.all)
        let dropped = try await droppedTiles { checker.note($0) }
        var misplaced: [(leaf: Int64, hash: TreeHash, line: TreeHash, recordID: RecordID)] = []
        var isAtEnd = false
        while !isAtEnd {
            let leaves = try await reader.leaves(from: checker.size, limit: Self.page)
            // Whoever adds leaves signs them at once: those that came while the log was read have a head by now.
            if let last = leaves.last, UInt64(last.leaf) >= heads.signed {
                checker.add(heads: try await self.read(into: &heads))
            }
            // Leaves that are missing are gone only if their head was there before they were looked for.
            isAtEnd = leaves.last.map { leaves.count < Self.page && heads.signed <= UInt64($0.leaf) + 1 } ?? true
            let authentic = keys.areAuthentic(leaves.compactMap(\.record?.line))
            var verdicts = authentic.makeIterator()
            for leaf in leaves {
                try await fillGap(before: leaf.leaf, dropped, &checker)
                guard checker.size == leaf.leaf, let hash = TreeHash(bytes: leaf.hash) else {
                    checker.note(AuditFinding(.head, leaf: leaf.leaf))
                    return verdict(checker, heads)
                }
                guard let record = leaf.record?.line else {
                    checker.note(AuditFinding(.removed, leaf: leaf.leaf))
                    checker.add(hash, isRecord: false)
                    continue
                }
                let isAuthentic = verdicts.next() ?? false
                let line = TreeHash.leaf(record.line)
                if line != hash {
                    misplaced.append((leaf.leaf, hash, line, record.recordID))
                } else if !isAuthentic {
                    checker.note(AuditFinding(.inserted, leaf: leaf.leaf, recordID: record.recordID))
                } else if !record.line.starts(with: AuditRecord.start(record.recordID, record.at)) {
                    checker.note(AuditFinding(.columns, leaf: leaf.leaf, recordID: record.recordID))
                } else {
                    read(record)
                }
                checker.add(hash)
            }
        }
        let last = heads.all.map(\.size).max() ?? 0
        try await fillGap(before: Int64(clamping: last), dropped, &checker)
        checker.end(signed: heads.signed)
        for _ in 0..<heads.forged { checker.note(AuditFinding(.forgedHead)) }
        for size in heads.missing(most: UInt64(Self.batch)) {
            checker.note(AuditFinding(.missingHead, leaf: Int64(clamping: size)))
        }
        let hashes = Set(misplaced.map(\.hash))
        for found in misplaced {
            let kind: AuditFinding.Kind = hashes.contains(found.line) ? .reordered : .altered
            checker.note(AuditFinding(kind, leaf: found.leaf, recordID: found.recordID))
        }
        try await findStrays(&checker)
        return verdict(checker, heads)
    }

    private func verdict(_ checker: LeafChecker, _ heads: StoredHeads) -> AuditVerdict {
        AuditVerdict(
            size: checker.size, records: checker.records, heads: heads.all.count,
            witnessed: Int64(clamping: heads.witnessed.max() ?? 0), findings: checker.findings)
    }

    /// Reads the heads that were not read yet, and returns them.
    @discardableResult
    private func read(into heads: inout StoredHeads) async throws(StoreError) -> [TreeHead] {
        var new: [TreeHead] = []
        while true {
            let page = try await repository.heads(above: Int64(clamping: heads.signed), limit: Self.page)
            let read = heads.add(page, keys.verifier)
            new += read
            // A page without a head of this log would be read again.
            if page.count < Self.page || read.isEmpty { return new }
        }
    }

    /// The tiles that were dropped by a process with base A's ring.
    private func droppedTiles(_ note: (AuditFinding) -> Void) async throws(StoreError) -> [Range<Int64>] {
        var tiles: [Range<Int64>] = []
        for segment in try await repository.segments() {
            if segment.firstTile < segment.pastTile, keys.isAuthentic(segment) {
                tiles.append(segment.firstTile..<segment.pastTile)
            } else {
                note(AuditFinding(.forgedSegment, leaf: segment.firstTile * AuditEdge.tileWidth))
            }
        }
        return tiles
    }

    /// Adds the leaves up to `next` whose rows are gone, by the hashes of their tiles: those that were dropped, and
    /// those that somebody removed.
    private func fillGap(
        before next: Int64, _ dropped: [Range<Int64>], _ checker: inout LeafChecker
    ) async throws(StoreError) {
        while checker.size < next {
            let number = checker.size / AuditEdge.tileWidth
            let tile = try await repository.tiles([AuditTilePosition(level: 0, number: number)]).first
            guard let hashes = tile.flatMap({ [TreeHash](joined: $0.hashes) }) else {
                checker.note(AuditFinding(.removed, leaf: checker.size))
                return
            }
            let start = Int(checker.size % AuditEdge.tileWidth)
            if start == 0, next - checker.size >= AuditEdge.tileWidth, dropped.contains(where: { $0.contains(number) })
            {
                checker.addDropped(hashes.root)
                continue
            }
            let end = min(hashes.count, start + Int(clamping: next - checker.size))
            for index in start..<end {
                checker.note(AuditFinding(.removed, leaf: checker.size))
                checker.add(hashes[index], isRecord: false)
            }
        }
    }

    private func findStrays(_ checker: inout LeafChecker) async throws(StoreError) {
        let strays = try await reader.strays(limit: AuditVerdict.mostFindings)
        for stray in strays { checker.note(AuditFinding(.inserted, recordID: stray.line.recordID)) }
        let waiting = try await repository.auditEdge(backlog: Self.page).backlog
        for record in try await reader.sorted(waiting).forged {
            checker.note(AuditFinding(.inserted, recordID: record.recordID))
        }
    }
}

extension AuditKeys {
    func isAuthentic(_ segment: AuditSegment) -> Bool {
        segment.mac == segmentMAC(firstTile: segment.firstTile, pastTile: segment.pastTile)
    }
}
