import Bureau
import GRDB
import Repositories

/// The writing of base B's profiles with their assets and incomes, on one connection.
struct ProfileTable {
    private let insertion: PreparedStatement
    private let replacement: PreparedStatement
    private let deletion: PreparedStatement
    private let search: PreparedStatement
    private let parts: ProfilePartTables

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            """
            INSERT INTO profile (token, data_key, birth_date, housing, address, version, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6)
            """, on: db)
        replacement = try PreparedStatement(
            """
            UPDATE profile SET data_key = ?2, birth_date = ?3, housing = ?4, address = ?5, version = version + 1,
                updated_at = ?6
            WHERE id = ?1
            """, on: db)
        deletion = try PreparedStatement("DELETE FROM profile WHERE id = ?1", on: db)
        search = try PreparedStatement("SELECT id, version FROM profile WHERE token = ?1", on: db)
        parts = try ProfilePartTables(db)
    }

    /// The row that assets, incomes and scores refer to, and the version that a write has to compare.
    func state(_ token: SubjectToken) throws -> (row: Int64, version: Int64)? {
        try search.first(token) { (row: try $0.value(0), version: try $0.value(1)) }
    }

    func insert(_ put: ProfilePut) throws {
        let content = put.content
        try insertion.run(
            content.token, content.dataKey, content.birthDate, content.housing, content.address, put.at)
        try parts.insert(content, profile: insertion.lastInsertedRowID)
    }

    func replace(_ row: Int64, with put: ProfilePut) throws {
        let content = put.content
        try replacement.run(row, content.dataKey, content.birthDate, content.housing, content.address, put.at)
        try parts.delete(profile: row)
        try parts.insert(content, profile: row)
    }

    /// Deletes the profile and, by the references, its assets, incomes and scores.
    func delete(_ row: Int64) throws {
        try deletion.run(row)
    }
}
