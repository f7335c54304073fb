import Bureau
import Repositories
import Vault

/// The audit log: carries the journal into it, and makes its tree grow.
///
/// Any number of processes does this side by side: a record is written once by its identifier, and leaves are added to
/// the size that was read, by one process at a time.
public struct AuditLog: Sendable {
    /// The records that become leaves at once; each has up to 5 KB.
    static let batch = 2048

    let repository: any AuditRepository
    let keys: AuditKeys
    let reader: AuditReader
    private let journal: any AccessJournal
    private let witness: any HeadWitness
    /// Told what an operator has to know.
    private let tell: @Sendable (AuditNotice) -> Void

    public init(
        repository: any AuditRepository, keys: AuditKeys, journal: any AccessJournal, witness: any HeadWitness,
        tell: @escaping @Sendable (AuditNotice) -> Void = { _ in }
    ) {
        self.repository = repository
        self.keys = keys
        reader = AuditReader(repository: repository, keys: keys)
        self.journal = journal
        self.witness = witness
        self.tell = tell
    }

    /// The public key of the log, as verifiers of signed notes take it.
    public var verifierText: String { keys.verifier.text }

    /// Carries all closed files of the journal into the log, adds what is not in the tree to it, and then removes the
    /// files. A file whose chain is broken is carried as far as it holds, and set aside; one that is missing is told, and
    /// carried all the same when this process has it open.
    public func keepUp() async throws(StoreError) {
        for file in journal.missingFiles() {
            tell(.missingJournal(file: file))
            journal.setAside(file)
        }
        var carried: [String] = []
        // What was carried and may wait for the tree, which so need not be read again.
        var known: [RecordID: AuditLine] = [:]
        for file in await journal.closedFiles() {
            if journal.isRemoved(file) { tell(.missingJournal(file: file)) }
            var count = 0
            let isIntact = try await journal.read(file) { lines throws(StoreError) in
                count += lines.count
                let lines = keys.lines(ofJournal: JoinedAccesses.lines(of: lines))
                try await repository.append(keys.sealed(lines))
                for line in lines { known[line.recordID] = line }
                guard known.count >= Self.batch else { return }
                try await growTree(knowing: known)
                known.removeAll(keepingCapacity: true)
            }
            if isIntact {
                carried.append(file)
            } else {
                // Told first: should the process end in between, it is told twice rather than never.
                tell(.brokenJournal(file: file, linesBefore: count))
                journal.setAside(file)
            }
        }
        try await growTree(knowing: known)
        for file in carried { journal.remove(file) }
    }

    /// Adds leaves until there is nothing to add. The lines of `known` are not read from the store.
    public func growTree(knowing known: [RecordID: AuditLine] = [:]) async throws(StoreError) {
        while true {
            let edge = try await repository.auditEdge(backlog: Self.batch)
            let (authentic, forged) = try await reader.sorted(edge.backlog, knowing: known)
            if !forged.isEmpty { tell(.forgedRecords(count: forged.count)) }
            guard !authentic.isEmpty else { return }
            guard var growth = try growth(of: edge, by: authentic) else {
                tell(.tamperedTree(size: edge.size))
                return
            }
            growth.refused = forged.map(\.position)
            do throws(StoreError) {
                // When another process was faster, its leaves are no longer in the backlog; others may still be.
                guard try await repository.grow(growth) else { continue }
                witness.keep(growth.head)
            } catch .corrupt {
                // Leaves or tiles are there that no head tells of.
                tell(.tamperedTree(size: edge.size))
                return
            }
            if edge.backlog.count < Self.batch { return }
        }
    }

    /// Appends records that belong to no access.
    func append(_ lines: [AuditLine]) async throws(StoreError) { try await repository.append(lines) }

    /// Reads the lines about writes and erasures among the leaves from one on, in their order.
    func readWrites(from leaf: Int64, _ read: ([UInt8]) -> Void) async throws(StoreError) {
        var next = leaf
        while true {
            let leaves = try await reader.leaves(from: next, limit: Self.batch)
            let lines = leaves.compactMap(\.record?.line).filter {
                WriteRecord.isWrites($0.line) || TombstoneRecord.isTombstone($0.line)
            }
            for (line, isAuthentic) in zip(lines, keys.areAuthentic(lines)) where isAuthentic { read(line.line) }
            guard leaves.count == Self.batch, let last = leaves.last else { return }
            next = last.leaf + 1
        }
    }

    /// Whether each record was written by a process with base A's ring, under the identifier and time of its line.
    func areAuthentic(_ records: [AuditStoredRecord]) -> [Bool] { keys.areAuthentic(records) }

    /// Finds records, the latest first, and leaves out those that were altered or that no daemon wrote.
    public func records(_ search: AuditSearch) async throws(StoreError) -> [AuditStoredRecord] {
        try await reader.records(search)
    }

    /// The next leaves, with the tiles that they fill and their signed head; nil when the edge does not fit its head,
    /// so that whatever was signed now would hide what has been changed.
    func growth(of edge: AuditEdge, by records: [AuditStoredRecord]) throws(StoreError) -> AuditGrowth? {
        guard var tree = EdgeTree(edge) else { return nil }
        if let note = edge.head {
            guard let head = keys.verifier.head(of: note), head.size == UInt64(edge.size), head.root == tree.root else {
                return nil
            }
        } else if edge.size != 0 {
            return nil
        }
        var tiles: [AuditTile] = []
        var leaves: [(position: Int64, hash: [UInt8])] = []
        for record in records {
            let hash = TreeHash.leaf(record.line.line)
            leaves.append((record.position, hash.bytes))
            tiles += tree.append(hash)
        }
        do throws(VaultError) {
            let head = try keys.sign(size: UInt64(tree.size), root: tree.root)
            return AuditGrowth(size: edge.size, leaves: leaves, tiles: tiles, head: head)
        } catch {
            throw .corrupt(.a)
        }
    }
}

extension AuditKeys {
    /// Whether each record was written by a process with base A's ring, under the identifier and time of its line.
    func areAuthentic(_ records: [AuditStoredRecord]) -> [Bool] {
        zip(records, areAuthentic(records.map(\.line))).map { record, isAuthentic in
            isAuthentic && record.line.line.starts(with: AuditRecord.start(record.line.recordID, record.line.at))
        }
    }

    /// The records that may be given out: authentic, and in the canonical form, which is valid UTF-8.
    func unaltered(_ records: [AuditStoredRecord]) -> [AuditStoredRecord] {
        zip(records, areAuthentic(records)).compactMap { record, isAuthentic in
            isAuthentic && AuditRecord(line: record.line.line) != nil ? record : nil
        }
    }
}

/// What an operator has to know of the audit log. No case holds what a record says.
public enum AuditNotice: Hashable, Sendable {
    /// A file of the journal was altered; it was set aside.
    case brokenJournal(file: String, linesBefore: Int)
    /// A file of the journal was removed before the log had its records.
    case missingJournal(file: String)
    /// Rows of the log were not written by a process with base A's ring; they stay out of the tree.
    case forgedRecords(count: Int)
    /// The tree does not fit its signed head; it does not grow any more.
    case tamperedTree(size: Int64)
}

/// Where heads are copied to, out of the reach of the database's owner.
public protocol HeadWitness: Sendable {
    func keep(_ note: [UInt8])
}

/// A tree that grows from its right edge and cuts tiles.
struct EdgeTree {
    private(set) var size: Int64
    /// The hashes of the tile of each level that is not full.
    private var levels: [[TreeHash]]

    /// Nil when the edge is not that of a tree of its size.
    init?(_ edge: AuditEdge) {
        size = edge.size
        levels = []
        for level in 0..<AuditEdge.levels {
            let count = (edge.size >> Int64(8 * level)) % AuditEdge.tileWidth
            guard let hashes = [TreeHash](joined: edge.partialTiles[level]), hashes.count == count else { return nil }
            levels.append(hashes)
        }
    }

    /// Appends a leaf and returns the tiles that it fills.
    mutating func append(_ leaf: TreeHash) -> [AuditTile] {
        size += 1
        var tiles: [AuditTile] = []
        var hash = leaf
        for level in levels.indices {
            levels[level].append(hash)
            guard levels[level].count == AuditEdge.tileWidth else { break }
            hash = levels[level].root
            let number = (size >> Int64(8 * (level + 1))) - 1
            tiles.append(
                AuditTile(
                    position: AuditTilePosition(level: Int64(level), number: number), hashes: levels[level].joined,
                    root: hash.bytes))
            levels[level] = []
        }
        return tiles
    }

    var root: TreeHash {
        var growing = GrowingTree()
        for level in levels.indices.reversed() {
            for hash in levels[level] { growing.append(hash, height: 8 * level) }
        }
        return growing.root
    }
}

extension [TreeHash] {
    /// The root over these hashes as leaves of a tree.
    var root: TreeHash {
        var growing = GrowingTree()
        for hash in self { growing.append(hash) }
        return growing.root
    }
}
