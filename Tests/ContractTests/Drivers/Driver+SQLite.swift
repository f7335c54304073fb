import Bureau
import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

extension Driver<PersonPlace> {
    static let sqlite = Driver(name: "SQLite") {
        let folder = try TemporaryFolder()
        return PersonPlace(
            open: { try SQLitePersonStore(path: folder.path("a.db"), migrations: MigrationStep.embedded(.a)) },
            auditLog: { try AuditRows.read(folder.path("a.db")) },
            tamper: { try AuditRows.tamper(folder.path("a.db"), $0) })
    }
}

extension Driver<ProfilePlace> {
    static let sqlite = Driver(name: "SQLite") {
        let folder = try TemporaryFolder()
        return ProfilePlace(open: {
            try SQLiteProfileStore(path: folder.path("b.db"), migrations: MigrationStep.embedded(.b))
        })
    }
}

extension Driver<EventPlace> {
    static let sqlite = Driver(name: "SQLite") {
        let folder = try TemporaryFolder()
        return EventPlace(open: {
            try SQLiteEventStore(path: folder.path("c.db"), migrations: MigrationStep.embedded(.c))
        })
    }
}

/// The records of base A's audit log, on a connection of its own.
enum AuditRows {
    static func read(_ path: String) throws -> [AuditRecord] {
        try DatabaseQueue(path: path).read { db in
            try Data.fetchAll(db, sql: "SELECT line FROM audit_record ORDER BY position").map { line in
                try #require(AuditRecord(line: Array(line)))
            }
        }
    }

    /// Runs SQL without the triggers of the log.
    static func tamper(_ path: String, _ statements: [String]) throws {
        try DatabaseQueue(path: path).write { db in
            let triggers = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit~_%' ESCAPE '~'"
            )
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger)") }
            for sql in statements { try db.execute(sql: sql) }
        }
    }
}
