import Bureau
import Glibc
import Repositories
import Vault

/// A search of the audit log.
public struct AuditSearch: Sendable {
    /// The time of the records: from `from` to before `to`.
    var from: Instant
    var to: Instant
    /// The line has one of these texts at least; any line when empty.
    var anyOf: [[UInt8]]
    /// The line has each of these texts.
    var allOf: [[UInt8]]
    /// Only records before this position.
    var before: Int64?
    var limit: Int

    public init(
        from: Instant, to: Instant, anyOf: [[UInt8]] = [], allOf: [[UInt8]] = [], before: Int64? = nil, limit: Int
    ) {
        self.from = from
        self.to = to
        self.anyOf = anyOf
        self.allOf = allOf
        self.before = before
        self.limit = limit
    }
}

/// Reads the audit log from the store and opens its lines, so that nothing else knows that they are sealed.
struct AuditReader: Sendable {
    /// The records that a search reads at once.
    private static let page = 1000

    let repository: any AuditRepository
    let keys: AuditKeys

    /// Tells which records that wait for the tree were written by a process with base A's ring. The lines of those
    /// that are among `known` are not read again.
    func sorted(
        _ waiting: [AuditWaitingRecord], knowing known: [RecordID: AuditLine] = [:]
    ) async throws(StoreError) -> (authentic: [AuditStoredRecord], forged: [AuditWaitingRecord]) {
        func isKnown(_ record: AuditWaitingRecord) -> Bool {
            known[record.recordID].map { $0.mac == record.mac } ?? false
        }
        let unknown = waiting.filter { !isKnown($0) }.map(\.position)
        let read = unknown.isEmpty ? [] : opened(try await repository.records(at: unknown))
        let authentic = zip(read, keys.areAuthentic(read)).filter(\.1).map { ($0.0.position, $0.0.line) }
        let lines = Dictionary(authentic) { $1 }
        var sorted: (authentic: [AuditStoredRecord], forged: [AuditWaitingRecord]) = ([], [])
        for record in waiting {
            if let line = isKnown(record) ? known[record.recordID] : lines[record.position] {
                sorted.authentic.append(AuditStoredRecord(position: record.position, line: line))
            } else {
                sorted.forged.append(record)
            }
        }
        return sorted
    }

    func leaves(from first: Int64, limit: Int) async throws(StoreError) -> [AuditLeaf] {
        opened(try await repository.leaves(from: first, limit: limit))
    }

    func leaf(of recordID: RecordID) async throws(StoreError) -> AuditLeaf? {
        opened(try await repository.leaf(of: recordID).map { [$0] } ?? []).first
    }

    func strays(limit: Int) async throws(StoreError) -> [AuditStoredRecord] {
        opened(try await repository.strayRecords(from: .min, limit: limit))
    }

    /// Finds records, the latest first, and leaves out those that were altered or that no daemon wrote.
    func records(_ search: AuditSearch) async throws(StoreError) -> [AuditStoredRecord] {
        var query = AuditQuery(
            from: search.from.firstAccess.startOfDay, to: search.to, before: search.before, limit: Self.page)
        var records: [AuditStoredRecord] = []
        while true {
            let page = try await repository.records(query)
            records += keys.unaltered(opened(page).filter(search.fits))
            guard records.count < search.limit, page.count == query.limit, let last = page.last else { break }
            query.before = last.position
        }
        return Array(records.prefix(search.limit))
    }

    private func opened(_ records: [AuditStoredRecord]) -> [AuditStoredRecord] {
        zip(records, keys.opened(records.map(\.line))).map { AuditStoredRecord(position: $0.position, line: $1) }
    }

    private func opened(_ leaves: [AuditLeaf]) -> [AuditLeaf] {
        var records = opened(leaves.compactMap(\.record)).makeIterator()
        return leaves.map { leaf in
            AuditLeaf(leaf: leaf.leaf, hash: leaf.hash, record: leaf.record == nil ? nil : records.next())
        }
    }
}

extension AuditSearch {
    fileprivate func fits(_ record: AuditStoredRecord) -> Bool {
        let line = record.line.line
        return record.line.lastAccess >= from && record.line.at < to
            && (anyOf.isEmpty || anyOf.contains { line.contains($0) })
            && allOf.allSatisfy { line.contains($0) }
    }
}

extension [UInt8] {
    fileprivate func contains(_ text: [UInt8]) -> Bool {
        guard let first = text.first, text.count <= count else { return text.isEmpty }
        return withUnsafeBufferPointer { line in
            (0...line.count - text.count).contains { start in
                line[start] == first && memcmp(line.baseAddress! + start, text, text.count) == 0
            }
        }
    }
}
