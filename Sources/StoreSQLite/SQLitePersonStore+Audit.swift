import Bureau
import Repositories

extension SQLitePersonStore {
    public func append(_ lines: [AuditLine]) async throws(StoreError) {
        try await file.write(failed: { $0.auditedReadError($1) }) { db in try AuditRecordTable(db).append(lines) }
    }

    public func auditEdge(backlog limit: Int) async throws(StoreError) -> AuditEdge {
        try await file.read { db in
            let tree = AuditTreeTable(db)
            let size = try tree.size()
            return AuditEdge(
                size: size, head: try tree.latestHead(), partialTiles: try tree.partialTiles(size),
                backlog: try AuditRecordTable(db).backlog(limit))
        }
    }

    public func grow(_ growth: AuditGrowth) async throws(StoreError) -> Bool {
        try await file.write { db in try AuditTreeTable(db).grow(growth) }
    }

    public func leaves(from first: Int64, limit: Int) async throws(StoreError) -> [AuditLeaf] {
        try await file.read { db in try AuditTreeTable(db).leaves(from: first, limit) }
    }

    public func leaf(of recordID: RecordID) async throws(StoreError) -> AuditLeaf? {
        try await file.read { db in try AuditTreeTable(db).leaf(of: recordID) }
    }

    public func tiles(_ tiles: [AuditTilePosition]) async throws(StoreError) -> [AuditTile] {
        try await file.read { db in
            let tree = AuditTreeTable(db)
            return try tiles.compactMap { try tree.tile($0) }
        }
    }

    public func heads(above size: Int64, limit: Int) async throws(StoreError) -> [[UInt8]] {
        try await file.read { db in try AuditTreeTable(db).heads(above: size, limit) }
    }

    public func records(at positions: [Int64]) async throws(StoreError) -> [AuditStoredRecord] {
        try await file.read { db in try AuditRecordTable(db).records(at: positions) }
    }

    public func records(_ query: AuditQuery) async throws(StoreError) -> [AuditStoredRecord] {
        try await file.read { db in try AuditRecordTable(db).find(query) }
    }

    public func strayRecords(from position: Int64, limit: Int) async throws(StoreError) -> [AuditStoredRecord] {
        try await file.read { db in try AuditRecordTable(db).strays(from: position, limit) }
    }

    public func segments() async throws(StoreError) -> [AuditSegment] {
        try await file.read { db in try AuditTreeTable(db).segments() }
    }

    public func drop(_ segment: AuditSegment) async throws(StoreError) {
        try await file.write { db in try AuditTreeTable(db).drop(segment) }
    }
}
