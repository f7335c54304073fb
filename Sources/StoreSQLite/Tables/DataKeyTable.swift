import Bureau
import GRDB
import Repositories

/// The data keys of a file's subjects, in the order of the tokens.
struct DataKeyTable {
    private let page: PreparedStatement
    private let replacement: PreparedStatement

    /// `table` is the table of the subjects.
    init(_ db: Database, _ table: String) throws {
        page = try PreparedStatement(
            "SELECT token, data_key FROM \(table) WHERE token > ?1 ORDER BY token LIMIT ?2", on: db)
        replacement = try PreparedStatement(
            "UPDATE \(table) SET data_key = ?3 WHERE token = ?1 AND data_key = ?2", on: db)
    }

    func keys(after cursor: DataKeyCursor?, limit: Int) throws -> DataKeyPage {
        let keys = try page.all(cursor?.bytes ?? [], limit) { row in
            KeyRingSample(token: try row.value(0), dataKey: try row.value(1))
        }
        return DataKeyPage(keys, limit: limit)
    }

    func rewrap(_ change: DataKeyRewrap) throws -> Bool {
        try replacement.run(change.token, change.former, change.rewrapped) == 1
    }
}

extension SQLitePersonStore {
    public func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        try await file.read { db in try DataKeyTable(db, "person").keys(after: cursor, limit: limit) }
    }

    public func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        try await file.write { db in
            let table = try DataKeyTable(db, "person")
            return try changes.map(table.rewrap)
        }
    }
}

extension SQLiteProfileStore {
    public func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        try await file.read { db in try DataKeyTable(db, "profile").keys(after: cursor, limit: limit) }
    }

    public func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        try await file.write { db in
            let table = try DataKeyTable(db, "profile")
            return try changes.map(table.rewrap)
        }
    }
}
