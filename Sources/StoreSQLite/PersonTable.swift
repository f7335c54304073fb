import Bureau
import GRDB
import Repositories

/// The writing of base A's `person` rows, on one connection.
struct PersonTable {
    /// What a write has to know of a person before it may change it.
    struct State {
        /// The row that the person's debts refer to.
        let row: Int64
        let version: Int64
        let dataKey: WrappedDataKey
    }

    private let insertion: PreparedStatement
    private let replacement: PreparedStatement
    private let touching: PreparedStatement
    private let deletion: PreparedStatement
    private let search: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            """
            INSERT INTO person (token, data_key, identity, address, version, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5)
            ON CONFLICT (token) DO NOTHING
            """, on: db)
        replacement = try PreparedStatement(
            """
            UPDATE person SET identity = ?4, address = ?5, version = version + 1, updated_at = ?6
            WHERE token = ?1 AND data_key = ?2 AND version = ?3
            """, on: db)
        touching = try PreparedStatement(
            "UPDATE person SET version = version + 1, updated_at = ?2 WHERE id = ?1", on: db)
        deletion = try PreparedStatement("DELETE FROM person WHERE id = ?1", on: db)
        search = try PreparedStatement("SELECT id, version, data_key FROM person WHERE token = ?1", on: db)
    }

    /// Inserts a person without its debts; returns its row, or nil when the token is taken.
    func insert(_ person: PersonCreation) throws -> Int64? {
        let inserted = try insertion.run(
            person.token, person.dataKey, person.identity, person.address, person.at)
        return inserted == 1 ? insertion.lastInsertedRowID : nil
    }

    /// False when the person is not there, or is not what was read.
    func update(_ update: PersonUpdate) throws -> Bool {
        try replacement.run(
            update.token, update.dataKey, update.expectedVersion, update.identity, update.address, update.at) == 1
    }

    /// Counts a write of something that belongs to the person.
    func touch(_ row: Int64, at instant: Instant) throws {
        try touching.run(row, instant)
    }

    /// Deletes the person and, by the reference, its debts.
    func delete(_ row: Int64) throws {
        try deletion.run(row)
    }

    func state(_ token: SubjectToken) throws -> State? {
        try search.first(token) { row in
            State(row: try row.value(0), version: try row.value(1), dataKey: try row.value(2))
        }
    }
}
