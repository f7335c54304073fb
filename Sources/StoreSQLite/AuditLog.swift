import GRDB
import Repositories

/// Base A's insert-only record of who was looked at or changed. Its rows are part of the caller's transaction.
struct AuditLog {
    private let insert: PreparedStatement

    init(_ db: Database) throws {
        insert = try PreparedStatement(
            """
            INSERT INTO audit (audit_id, at, token, action, purpose, requester) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, on: db)
    }

    func append(_ entry: AuditEntry) throws {
        try insert.run(entry.auditID, entry.at, entry.token, entry.action, entry.purpose, entry.requester)
    }
}
