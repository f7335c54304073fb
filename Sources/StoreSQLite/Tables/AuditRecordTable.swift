import Bureau
import GRDB
import Repositories

/// The records of base A's audit log, on one connection.
struct AuditRecordTable {
    /// The records of an insertion of several, which costs half as much a record: each read of base A has one.
    private static let recordsOfInsertion = 16

    private let insertion: PreparedStatement
    private let insertionOfSeveral: PreparedStatement
    private let backlogQuery: PreparedStatement
    private let positionQuery: PreparedStatement
    private let search: PreparedStatement
    private let strayQuery: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(Self.insertion(ofRecords: 1), on: db)
        insertionOfSeveral = try PreparedStatement(Self.insertion(ofRecords: Self.recordsOfInsertion), on: db)
        backlogQuery = try PreparedStatement(
            """
            SELECT position, record_id, mac FROM audit_record
            WHERE position > coalesce((SELECT position FROM audit_leaf ORDER BY leaf DESC LIMIT 1), 0)
            ORDER BY position LIMIT ?1
            """, on: db)
        positionQuery = try PreparedStatement(
            "SELECT position, record_id, at, line, mac FROM audit_record WHERE position = ?1", on: db)
        search = try PreparedStatement(
            """
            SELECT position, record_id, at, line, mac FROM audit_record
            WHERE at >= ?1 AND at < ?2 AND position < ?3 ORDER BY position DESC LIMIT ?4
            """, on: db)
        strayQuery = try PreparedStatement(
            """
            SELECT position, record_id, at, line, mac FROM audit_record
            WHERE position >= ?1
                AND position <= coalesce((SELECT position FROM audit_leaf ORDER BY leaf DESC LIMIT 1), 0)
                AND NOT EXISTS (SELECT 1 FROM audit_leaf WHERE audit_leaf.position = audit_record.position)
            ORDER BY position LIMIT ?2
            """, on: db)
    }

    /// Appends records, in the caller's transaction.
    func append(_ lines: [AuditLine]) throws {
        var rest = lines[...]
        while !rest.isEmpty {
            let isFull = rest.count >= Self.recordsOfInsertion
            let part = rest.prefix(isFull ? Self.recordsOfInsertion : 1)
            try (isFull ? insertionOfSeveral : insertion).run(rows: part) { ($0.recordID, $0.at, $0.line, $0.mac) }
            rest = rest.dropFirst(part.count)
        }
    }

    private static func insertion(ofRecords count: Int) -> String {
        """
        INSERT INTO audit_record (record_id, at, line, mac)
        VALUES \(Array(repeating: "(?, ?, ?, ?)", count: count).joined(separator: ", "))
        ON CONFLICT (record_id) DO NOTHING
        """
    }

    func backlog(_ limit: Int) throws -> [AuditWaitingRecord] {
        try backlogQuery.all(limit) { row in
            AuditWaitingRecord(position: try row.value(0), recordID: try row.value(1), mac: try row.value(2))
        }
    }

    func records(at positions: [Int64]) throws -> [AuditStoredRecord] {
        try positions.compactMap { position in try positionQuery.first(position) { try $0.auditRecord(from: 0) } }
    }

    /// Reads records, the latest first.
    func find(_ query: AuditQuery) throws -> [AuditStoredRecord] {
        try search.all(query.from, query.to, query.before ?? .max, query.limit) { try $0.auditRecord(from: 0) }
    }

    func strays(from position: Int64, _ limit: Int) throws -> [AuditStoredRecord] {
        try strayQuery.all(position, limit) { try $0.auditRecord(from: 0) }
    }
}

extension SQLiteRow {
    /// The record in five columns: position, identifier, instant, line, MAC.
    func auditRecord(from column: Int32) throws -> AuditStoredRecord {
        AuditStoredRecord(
            position: try value(column),
            line: AuditLine(
                recordID: try value(column + 1), at: try value(column + 2), line: try value(column + 3),
                mac: try value(column + 4)))
    }
}
