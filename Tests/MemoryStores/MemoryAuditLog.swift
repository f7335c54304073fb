import Bureau
import Repositories
import Services
import Synchronization

/// The audit log of base A in memory; whatever has been stored can be altered on demand.
package struct MemoryAuditLog: Sendable {
    package var records: [AuditStoredRecord] = []
    package var queue: [Int64] = []
    package var leaves: [(leaf: Int64, position: Int64, hash: [UInt8])] = []
    package var tiles: [AuditTilePosition: AuditTile] = [:]
    package var heads: [[UInt8]] = []
    package var segments: [AuditSegment] = []
    private var size: Int64 = 0

    mutating func append(_ lines: [AuditLine]) {
        for line in lines where !records.contains(where: { $0.line.recordID == line.recordID }) {
            let position = (records.last?.position ?? 0) + 1
            records.append(AuditStoredRecord(position: position, line: line))
            queue.append(position)
        }
    }

    func edge(_ limit: Int) -> AuditEdge {
        let start = AuditEdge.start(of: 0, size: size)
        let partial = (0..<AuditEdge.levels).map { level -> [UInt8] in
            guard level > 0 else { return leaves.filter { $0.leaf >= start }.flatMap(\.hash) }
            let first = AuditEdge.start(of: level, size: size)
            return tiles.values.filter { $0.position.level == Int64(level) - 1 && $0.position.number >= first }
                .sorted { $0.position.number < $1.position.number }.flatMap(\.root)
        }
        return AuditEdge(
            size: size, head: heads.last, partialTiles: partial,
            backlog: queue.prefix(limit).map { position in
                let line = records.first { $0.position == position }?.line
                return AuditWaitingRecord(
                    position: position, recordID: line?.recordID ?? RecordID(high: 0, low: 0), mac: line?.mac ?? [])
            })
    }

    mutating func grow(_ growth: AuditGrowth) -> Bool {
        guard growth.size == size else { return false }
        for new in growth.leaves {
            leaves.append((size, new.position, new.hash))
            size += 1
        }
        let taken = Set(growth.leaves.map(\.position) + growth.refused)
        queue.removeAll { taken.contains($0) }
        for tile in growth.tiles { tiles[tile.position] = tile }
        heads.append(growth.head)
        return true
    }

    func stored(_ leaf: (leaf: Int64, position: Int64, hash: [UInt8])) -> AuditLeaf {
        AuditLeaf(leaf: leaf.leaf, hash: leaf.hash, record: records.first { $0.position == leaf.position })
    }

    func find(_ query: AuditQuery) -> [AuditStoredRecord] {
        let found = records.reversed().filter { record in
            query.from <= record.line.at && record.line.at < query.to
                && record.position < query.before ?? .max
        }
        return Array(found.prefix(query.limit))
    }

    mutating func drop(_ segment: AuditSegment) {
        let range = segment.firstTile * AuditEdge.tileWidth..<segment.pastTile * AuditEdge.tileWidth
        let positions = Set(leaves.filter { range.contains($0.leaf) }.map(\.position))
        leaves.removeAll { range.contains($0.leaf) }
        records.removeAll { positions.contains($0.position) }
        segments.append(segment)
    }
}

extension MemoryPersons {
    /// The records of the log, read from their lines, in the order in which they were appended.
    package var audits: [AuditRecord] { auditLines.compactMap { AuditRecord(line: $0) } }

    package func append(_ lines: [AuditLine]) async throws(StoreError) {
        log.append(lines)
    }

    package func auditEdge(backlog limit: Int) async throws(StoreError) -> AuditEdge { log.edge(limit) }

    package func grow(_ growth: AuditGrowth) async throws(StoreError) -> Bool { log.grow(growth) }

    package func leaves(from first: Int64, limit: Int) async throws(StoreError) -> [AuditLeaf] {
        log.leaves.filter { $0.leaf >= first }.sorted { $0.leaf < $1.leaf }.prefix(limit).map(log.stored)
    }

    package func leaf(of recordID: RecordID) async throws(StoreError) -> AuditLeaf? {
        log.leaves.lazy.map(log.stored).first { $0.record?.line.recordID == recordID }
    }

    package func tiles(_ tiles: [AuditTilePosition]) async throws(StoreError) -> [AuditTile] {
        tiles.compactMap { log.tiles[$0] }
    }

    package func heads(above size: Int64, limit: Int) async throws(StoreError) -> [[UInt8]] {
        Array(log.heads.filter { $0.headSize > size }.prefix(limit))
    }

    package func records(at positions: [Int64]) async throws(StoreError) -> [AuditStoredRecord] {
        log.records.filter { positions.contains($0.position) }
    }

    package func records(_ query: AuditQuery) async throws(StoreError) -> [AuditStoredRecord] { log.find(query) }

    package func strayRecords(from position: Int64, limit: Int) async throws(StoreError) -> [AuditStoredRecord] {
        let known = Set(log.leaves.map(\.position) + log.queue)
        return Array(log.records.filter { $0.position >= position && !known.contains($0.position) }.prefix(limit))
    }

    package func segments() async throws(StoreError) -> [AuditSegment] { log.segments }

    package func drop(_ segment: AuditSegment) async throws(StoreError) { log.drop(segment) }
}

extension [UInt8] {
    /// The size in a signed head: its second line.
    fileprivate var headSize: Int64 {
        let lines = split(separator: UInt8(ascii: "\n"))
        return lines.count > 1 ? Int64(String(decoding: lines[1], as: UTF8.self)) ?? 0 : 0
    }
}

/// A journal in memory, which can fail on demand.
package final class MemoryJournal: AccessJournal {
    private let state = Mutex((lines: [[UInt8]](), failure: StoreError?.none, syncs: 0))

    package init() {}

    package var records: [AuditRecord] { state.withLock { $0.lines.compactMap { AuditRecord(line: $0) } } }
    package var syncs: Int { state.withLock { $0.syncs } }

    package func fail(with failure: StoreError?) { state.withLock { $0.failure = failure } }

    package func clear() { state.withLock { $0.lines = [] } }

    package func append(_ lines: [[UInt8]]) throws(StoreError) {
        let failure = state.withLock { state in
            if state.failure == nil { state.lines += lines }
            return state.failure
        }
        if let failure { throw failure }
    }

    package func sync() async throws(StoreError) { state.withLock { $0.syncs += 1 } }

    package func closedFiles() async -> [String] { state.withLock { $0.lines.isEmpty ? [] : ["memory"] } }

    package func read(
        _ file: String, _ take: (_ lines: [[UInt8]]) async throws(StoreError) -> Void
    ) async throws(StoreError) -> Bool {
        try await take(state.withLock { $0.lines })
        return true
    }

    package func remove(_ file: String) { clear() }

    package func setAside(_ file: String) { clear() }
}

/// Heads that were copied, in memory.
package final class MemoryWitness: HeadWitness {
    private let state = Mutex<[[UInt8]]>([])

    package init() {}

    package var notes: [[UInt8]] { state.withLock { $0 } }

    package func keep(_ note: [UInt8]) { state.withLock { $0.append(note) } }
}
