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
            auditLog: { try AuditRows.read(folder.path("a.db")) })
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

/// Base A's audit table, read on a connection of its own.
enum AuditRows {
    static func read(_ path: String) throws -> [AuditEntry] {
        try DatabaseQueue(path: path).read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM audit ORDER BY audit_id").map(entry)
        }
    }

    private static func entry(_ row: Row) throws -> AuditEntry {
        let id: [UInt8] = Array(row["audit_id"] as Data)
        let token: [UInt8] = Array(row["token"] as Data)
        return AuditEntry(
            auditID: RecordID(high: bigEndian(id[..<8]), low: bigEndian(id[8...])),
            at: try #require(Instant(microsecondsSinceEpoch: row["at"])),
            token: try #require(token.withUnsafeBytes(SubjectToken.init(bytes:))),
            action: row["action"],
            purpose: (row["purpose"] as String?).flatMap(Purpose.init(rawValue:)),
            requester: row["requester"])
    }

    private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
