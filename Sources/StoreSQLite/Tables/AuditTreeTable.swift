import Bureau
import GRDB
import Repositories

/// The tree over base A's audit log, on one connection.
struct AuditTreeTable {
    private let db: Database

    private static let leafColumns = """
        audit_leaf.leaf, audit_leaf.hash, audit_record.position, record_id, at, line, mac
        FROM audit_leaf LEFT JOIN audit_record ON audit_record.position = audit_leaf.position
        """

    init(_ db: Database) { self.db = db }

    func size() throws -> Int64 {
        try statement("SELECT coalesce(max(size), 0) FROM audit_head").first { try $0.value(0) } ?? 0
    }

    func latestHead() throws -> [UInt8]? {
        try statement("SELECT note FROM audit_head ORDER BY size DESC LIMIT 1").first { try $0.value(0) }
    }

    /// The hashes of the tile of each level that is not full yet.
    func partialTiles(_ size: Int64) throws -> [[UInt8]] {
        try (0..<AuditEdge.levels).map { level in
            let start = AuditEdge.start(of: level, size: size)
            if level == 0 {
                // Leaves behind the size are read too, so that a removed head is noticed.
                let hashes = try statement("SELECT hash FROM audit_leaf WHERE leaf >= ?1 ORDER BY leaf LIMIT ?2")
                return try hashes.all(start, AuditEdge.tileWidth) { try $0.value(0, as: [UInt8].self) }.flatMap(\.self)
            }
            let roots = try statement("SELECT root FROM audit_tile WHERE level = ?1 AND number >= ?2 ORDER BY number")
            return try roots.all(level - 1, start) { try $0.value(0, as: [UInt8].self) }.flatMap(\.self)
        }
    }

    /// Adds to the tree; false when it has another size than expected.
    func grow(_ growth: AuditGrowth) throws -> Bool {
        guard try size() == growth.size else { return false }
        let leaf = try statement("INSERT INTO audit_leaf (leaf, position, hash) VALUES (?1, ?2, ?3)")
        for (index, new) in growth.leaves.enumerated() {
            try leaf.run(growth.size + Int64(index), new.position, new.hash)
        }
        let tile = try statement("INSERT INTO audit_tile (level, number, hashes, root) VALUES (?1, ?2, ?3, ?4)")
        for new in growth.tiles { try tile.run(new.position.level, new.position.number, new.hashes, new.root) }
        try statement("INSERT INTO audit_head (size, note) VALUES (?1, ?2)")
            .run(growth.size + Int64(growth.leaves.count), growth.head)
        return true
    }

    func leaves(from first: Int64, _ limit: Int) throws -> [AuditLeaf] {
        try statement("SELECT \(Self.leafColumns) WHERE leaf >= ?1 ORDER BY leaf LIMIT ?2")
            .all(first, limit, read: leaf)
    }

    func leaf(of recordID: RecordID) throws -> AuditLeaf? {
        try statement("SELECT \(Self.leafColumns) WHERE record_id = ?1").first(recordID, read: leaf)
    }

    func tile(_ position: AuditTilePosition) throws -> AuditTile? {
        try statement("SELECT hashes, root FROM audit_tile WHERE level = ?1 AND number = ?2")
            .first(position.level, position.number) { row in
                AuditTile(position: position, hashes: try row.value(0), root: try row.value(1))
            }
    }

    func heads(above size: Int64, _ limit: Int) throws -> [[UInt8]] {
        try statement("SELECT note FROM audit_head WHERE size > ?1 ORDER BY size LIMIT ?2")
            .all(size, limit) { try $0.value(0) }
    }

    func segments() throws -> [AuditSegment] {
        try statement("SELECT first_tile, past_tile, mac FROM audit_segment ORDER BY first_tile").all { row in
            AuditSegment(firstTile: try row.value(0), pastTile: try row.value(1), mac: try row.value(2))
        }
    }

    /// Deletes what is behind a segment, and notes the segment.
    func drop(_ segment: AuditSegment) throws {
        let first = segment.firstTile * AuditEdge.tileWidth
        let past = segment.pastTile * AuditEdge.tileWidth
        try statement("INSERT INTO audit_dropping VALUES (1)").run()
        try statement(
            """
            DELETE FROM audit_record
            WHERE position IN (SELECT position FROM audit_leaf WHERE leaf >= ?1 AND leaf < ?2)
            """
        ).run(first, past)
        try statement("DELETE FROM audit_leaf WHERE leaf >= ?1 AND leaf < ?2").run(first, past)
        try statement("INSERT INTO audit_segment VALUES (?1, ?2, ?3)")
            .run(segment.firstTile, segment.pastTile, segment.mac)
        try statement("DELETE FROM audit_dropping").run()
    }

    private func leaf(_ row: SQLiteRow) throws -> AuditLeaf {
        AuditLeaf(
            leaf: try row.value(0), hash: try row.value(1),
            record: row.isNull(2) ? nil : try row.auditRecord(from: 2))
    }

    private func statement(_ sql: String) throws -> PreparedStatement { try PreparedStatement(sql, on: db) }
}
