import Bureau
import GRDB
import Repositories

/// The list of blocked subjects in base A's file.
extension SQLitePersonStore {
    public func block(_ changes: [BlockChange]) async throws(StoreError) -> [Bool] {
        try await file.write { db in
            let insertion = try PreparedStatement(
                "INSERT INTO blocked_subject (token) VALUES (?1) ON CONFLICT DO NOTHING", on: db)
            let deletion = try PreparedStatement("DELETE FROM blocked_subject WHERE token = ?1", on: db)
            let audit = try AuditRecordTable(db)
            return try changes.map { change in
                try audit.append([change.audit])
                return try (change.isBlocked ? insertion : deletion).run(change.token) == 1
            }
        }
    }

    public func blocked(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        try await file.read { db in
            try PreparedStatement(
                "SELECT token FROM blocked_subject WHERE token > coalesce(?1, x'') ORDER BY token LIMIT ?2", on: db
            ).all(token, limit) { try $0.value(0) }
        }
    }
}
