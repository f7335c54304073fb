import Bureau

extension SupervisedStore: AuditRepository where Repository == any PersonRepository {
    public func append(_ lines: [AuditLine]) async throws(StoreError) {
        try await writing { (store) async throws(StoreError) in try await store.append(lines) }
    }

    public func auditEdge(backlog limit: Int) async throws(StoreError) -> AuditEdge {
        try await reading { (store) async throws(StoreError) in try await store.auditEdge(backlog: limit) }
    }

    public func grow(_ growth: AuditGrowth) async throws(StoreError) -> Bool {
        try await reading { (store) async throws(StoreError) in try await store.grow(growth) }
    }

    public func leaves(from first: Int64, limit: Int) async throws(StoreError) -> [AuditLeaf] {
        try await reading { (store) async throws(StoreError) in try await store.leaves(from: first, limit: limit) }
    }

    public func leaf(of recordID: RecordID) async throws(StoreError) -> AuditLeaf? {
        try await reading { (store) async throws(StoreError) in try await store.leaf(of: recordID) }
    }

    public func tiles(_ tiles: [AuditTilePosition]) async throws(StoreError) -> [AuditTile] {
        try await reading { (store) async throws(StoreError) in try await store.tiles(tiles) }
    }

    public func heads(above size: Int64, limit: Int) async throws(StoreError) -> [[UInt8]] {
        try await reading { (store) async throws(StoreError) in try await store.heads(above: size, limit: limit) }
    }

    public func records(at positions: [Int64]) async throws(StoreError) -> [AuditStoredRecord] {
        try await reading { (store) async throws(StoreError) in try await store.records(at: positions) }
    }

    public func records(_ query: AuditQuery) async throws(StoreError) -> [AuditStoredRecord] {
        try await reading { (store) async throws(StoreError) in try await store.records(query) }
    }

    public func strayRecords(from position: Int64, limit: Int) async throws(StoreError) -> [AuditStoredRecord] {
        try await reading { (store) async throws(StoreError) in
            try await store.strayRecords(from: position, limit: limit)
        }
    }

    public func segments() async throws(StoreError) -> [AuditSegment] {
        try await reading { (store) async throws(StoreError) in try await store.segments() }
    }

    public func drop(_ segment: AuditSegment) async throws(StoreError) {
        try await reading { (store) async throws(StoreError) in try await store.drop(segment) }
    }
}
