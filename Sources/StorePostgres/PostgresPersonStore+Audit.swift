import Bureau
import Repositories

extension PostgresPersonStore {
    public func append(_ lines: [AuditLine]) async throws(StoreError) {
        guard !lines.isEmpty else { return }
        try await perform(.auditedRead, [lines.statement]) { _ in }
    }

    public func auditEdge(backlog limit: Int) async throws(StoreError) -> AuditEdge {
        let statement = BoundStatement(.auditEdge) { $0.add([Int64(limit)]) { $0 } }
        return try await perform(.read, [statement]) { tables throws(UnexpectedValue) in try tables[0].edge() }
    }

    public func grow(_ growth: AuditGrowth) async throws(StoreError) -> Bool {
        try await perform(.write, growth.statements) { tables in tables[1].rowCount == 1 }
    }

    public func leaves(from first: Int64, limit: Int) async throws(StoreError) -> [AuditLeaf] {
        try await rows(
            BoundStatement(.leaves) { parameters in
                parameters.add([first]) { $0 }
                parameters.add([Int64(limit)]) { $0 }
            }
        ) { row throws(UnexpectedValue) in try row.leaf() }
    }

    public func leaf(of recordID: RecordID) async throws(StoreError) -> AuditLeaf? {
        try await rows(BoundStatement(.leafOfRecord) { $0.add([recordID]) { $0 } }) { row throws(UnexpectedValue) in
            try row.leaf()
        }.first
    }

    public func tiles(_ tiles: [AuditTilePosition]) async throws(StoreError) -> [AuditTile] {
        guard !tiles.isEmpty else { return [] }
        return try await rows(
            BoundStatement(.tiles) { parameters in
                parameters.add(tiles) { $0.level }
                parameters.add(tiles) { $0.number }
            }
        ) { row throws(UnexpectedValue) in
            AuditTile(
                position: AuditTilePosition(level: try row.value(0), number: try row.value(1)),
                hashes: try row.value(2), root: try row.value(3))
        }
    }

    public func heads(above size: Int64, limit: Int) async throws(StoreError) -> [[UInt8]] {
        try await rows(
            BoundStatement(.heads) { parameters in
                parameters.add([size]) { $0 }
                parameters.add([Int64(limit)]) { $0 }
            }
        ) { row throws(UnexpectedValue) in try row.value(0) }
    }

    public func records(at positions: [Int64]) async throws(StoreError) -> [AuditStoredRecord] {
        try await rows(BoundStatement(.recordsAt) { $0.add(positions) { $0 } }) { row throws(UnexpectedValue) in
            try row.auditRecord(from: 0)
        }
    }

    public func records(_ query: AuditQuery) async throws(StoreError) -> [AuditStoredRecord] {
        try await rows(
            BoundStatement(.findRecords) { parameters in
                parameters.add([query.from]) { $0 }
                parameters.add([query.to]) { $0 }
                parameters.add([query.before ?? .max]) { $0 }
                parameters.add([Int64(query.limit)]) { $0 }
            }
        ) { row throws(UnexpectedValue) in try row.auditRecord(from: 0) }
    }

    public func strayRecords(from position: Int64, limit: Int) async throws(StoreError) -> [AuditStoredRecord] {
        try await rows(
            BoundStatement(.strayRecords) { parameters in
                parameters.add([position]) { $0 }
                parameters.add([Int64(limit)]) { $0 }
            }
        ) { row throws(UnexpectedValue) in try row.auditRecord(from: 0) }
    }

    public func segments() async throws(StoreError) -> [AuditSegment] {
        try await rows(BoundStatement(.segments)) { row throws(UnexpectedValue) in
            AuditSegment(firstTile: try row.value(0), pastTile: try row.value(1), mac: try row.value(2))
        }
    }

    public func drop(_ segment: AuditSegment) async throws(StoreError) {
        let statements = [
            BoundStatement(.allowDropping),
            BoundStatement(.dropSegment) { parameters in
                parameters.add([segment.firstTile]) { $0 }
                parameters.add([segment.pastTile]) { $0 }
                parameters.add([segment.mac]) { $0 }
            },
        ]
        try await perform(.write, statements) { _ in }
    }

    private func rows<Value>(
        _ statement: BoundStatement, _ read: (PostgresRow) throws(UnexpectedValue) -> Value
    ) async throws(StoreError) -> [Value] {
        try await perform(.read, [statement]) { tables throws(UnexpectedValue) in
            var values: [Value] = []
            values.reserveCapacity(tables[0].rowCount)
            for index in 0..<tables[0].rowCount { values.append(try read(tables[0][index])) }
            return values
        }
    }
}

extension AuditGrowth {
    /// The lock first, then all that is added.
    var statements: [BoundStatement] {
        [
            BoundStatement(.lockTree),
            BoundStatement(.growTree) { parameters in
                parameters.add([size]) { $0 }
                parameters.add(leaves.indices) { size + Int64($0) }
                parameters.add(leaves) { $0.position }
                parameters.add(leaves) { $0.hash }
                parameters.add(tiles) { $0.position.level }
                parameters.add(tiles) { $0.position.number }
                parameters.add(tiles) { $0.hashes }
                parameters.add(tiles) { $0.root }
                parameters.add([size + Int64(leaves.count)]) { $0 }
                parameters.add([head]) { $0 }
                parameters.add(refused) { $0 }
            },
        ]
    }
}

extension ResultTable {
    /// Reads the rows of the statement `auditEdge`.
    fileprivate func edge() throws(UnexpectedValue) -> AuditEdge {
        var edge = AuditEdge(
            size: 0, head: nil, partialTiles: Array(repeating: [], count: AuditEdge.levels), backlog: [])
        for index in 0..<rowCount {
            let row = self[index]
            let kind: Int64 = try row.value(0)
            switch kind {
            case -1:
                edge.size = try row.value(1)
                edge.head = try row.optional(2)
            case 0..<Int64(AuditEdge.levels): edge.partialTiles[Int(kind)] += try row.value(2) as [UInt8]
            default:
                edge.backlog.append(
                    AuditWaitingRecord(
                        position: try row.value(1), recordID: try row.value(3), mac: try row.value(2)))
            }
        }
        return edge
    }
}

extension PostgresRow {
    fileprivate func leaf() throws(UnexpectedValue) -> AuditLeaf {
        let position: Int64? = try optional(2)
        return AuditLeaf(
            leaf: try value(0), hash: try value(1), record: position == nil ? nil : try auditRecord(from: 2))
    }

    /// The record in five columns: position, identifier, instant, line, MAC.
    fileprivate func auditRecord(from column: Int32) throws(UnexpectedValue) -> AuditStoredRecord {
        AuditStoredRecord(
            position: try value(column),
            line: AuditLine(
                recordID: try value(column + 1), at: try value(column + 2), line: try value(column + 3),
                mac: try value(column + 4)))
    }
}
