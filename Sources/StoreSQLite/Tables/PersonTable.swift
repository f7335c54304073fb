import Bureau
import GRDB
import Repositories

/// Writes base A's `person` rows, on one connection.
struct PersonTable {
    /// The facts about a person that a write checks before it changes the person.
    struct State {
        /// The row that the person's debts refer to.
        let row: Int64
        let version: Int64
        let dataKey: WrappedDataKey
    }

    private let insertion: PreparedStatement
    private let replacement: PreparedStatement
    private let touching: PreparedStatement
    private let counting: PreparedStatement
    private let deletion: PreparedStatement
    private let remembering: PreparedStatement
    private let formerVersion: PreparedStatement
    private let search: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            """
            INSERT INTO person (token, data_key, identity, address, layout, version, created_at, updated_at, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (token) DO NOTHING
            """, on: db)
        replacement = try PreparedStatement(
            """
            UPDATE person SET identity = ?4, address = ?5, layout = ?6, version = version + 1, updated_at = ?7,
                state = ?8, encryptions = encryptions + \(EncryptionCount.update)
            WHERE token = ?1 AND substr(data_key, 6, 16) = substr(?2, 6, 16) AND version = ?3
            """, on: db)
        touching = try PreparedStatement(
            """
            UPDATE person SET version = version + 1, updated_at = ?2, state = ?3,
                encryptions = encryptions + \(EncryptionCount.debtChange)
            WHERE id = ?1
            """, on: db)
        counting = try PreparedStatement("UPDATE person SET encryptions = encryptions + ?2 WHERE id = ?1", on: db)
        deletion = try PreparedStatement("DELETE FROM person WHERE id = ?1", on: db)
        remembering = try PreparedStatement(
            """
            INSERT INTO deleted_person (token, version) VALUES (?1, ?2)
            ON CONFLICT (token) DO UPDATE SET version = excluded.version
            """, on: db)
        formerVersion = try PreparedStatement("SELECT version FROM deleted_person WHERE token = ?1", on: db)
        search = try PreparedStatement("SELECT id, version, data_key FROM person WHERE token = ?1", on: db)
    }

    /// Inserts a person without the debts; returns the row and the version, or nil when the token is taken. A person
    /// who was deleted before goes on from the last version.
    func insert(_ person: PersonCreation) throws -> (row: Int64, version: Int64)? {
        let former: Int64 = try formerVersion.first(person.token, read: { try $0.value(0) }) ?? 0
        let inserted = try insertion.run(
            person.token, person.dataKey, person.identity, person.address, person.layout, former + 1,
            person.times.created, person.times.updated, person.state)
        return inserted == 1 ? (insertion.lastInsertedRowID, former + 1) : nil
    }

    /// Replaces a person; false when there is none, or it is not the one that was read.
    func update(_ update: PersonUpdate) throws -> Bool {
        try replacement.run(
            update.token, update.dataKey, update.expectedVersion, update.identity, update.address, update.layout,
            update.times.updated, update.state) == 1
    }

    /// Counts a write of a debt as a write of its person.
    func touch(_ row: Int64, at instant: Instant, state: Sealed?) throws {
        try touching.run(row, instant, state)
    }

    /// Counts encryptions under a person's data key that no other write of the person counts.
    func count(_ encryptions: Int64, of row: Int64) throws {
        try counting.run(row, encryptions)
    }

    /// Deletes a person and, by the references, the debts and their payments. The version alone stays.
    func delete(_ person: State, of token: SubjectToken) throws {
        try deletion.run(person.row)
        try remembering.run(token, person.version)
    }

    /// Counts the encryption of a request's details under the person's data key; false when the person has another one
    /// than `dataKey`, or is gone. Details without a data key go with another write.
    func countDetails(of token: SubjectToken, _ dataKey: WrappedDataKey?) throws -> Bool {
        guard let dataKey else { return true }
        guard let person = try state(token), person.dataKey.isSameKey(as: dataKey) else { return false }
        try count(1, of: person.row)
        return true
    }

    func state(_ token: SubjectToken) throws -> State? {
        try search.first(token) { row in
            State(row: try row.value(0), version: try row.value(1), dataKey: try row.value(2))
        }
    }
}

/// Reads persons with their debts, on one connection.
struct PersonQuery {
    /// What a row tells of a person.
    static let personColumns = """
        person.data_key, person.identity, person.address, person.version, person.created_at, person.updated_at,
        person.state, cadastro.cancelled_at, person.encryptions
        """
    /// What a row tells of a debt.
    static let debtColumns = """
        debt.position, debt.debt_id, debt.details, debt.version, debt.created_at, debt.updated_at
        """

    private let join: PreparedStatement

    init(_ db: Database) throws {
        // One row for each debt, and one for a person without debts. A second statement for each person would cost more
        // than the columns that the join repeats, which are copied once.
        join = try PreparedStatement(
            """
            SELECT \(Self.personColumns), \(Self.debtColumns)
            FROM person LEFT JOIN cadastro ON cadastro.token = person.token AND cadastro.reopened_at IS NULL
            LEFT JOIN debt ON debt.person = person.id
            WHERE person.token = ?1
                AND NOT EXISTS (SELECT 1 FROM tombstone WHERE tombstone.token = person.token)
            """, on: db)
    }

    /// Reads a person; nil also for one who has a tombstone, while the erasure goes on.
    func record(_ token: SubjectToken) throws -> PersonRecord? {
        var person: PersonRecord?
        var debts: [PlacedDebt] = []
        try join.forEach(token) { row in
            if person == nil { person = try Self.person(token, row) }
            if !row.isNull(9) { debts.append(try Self.debt(row, from: 9)) }
        }
        person?.debts = Self.inPlaces(debts)
        return person
    }

    /// A debt, with its place among the person's debts.
    typealias PlacedDebt = (position: Int64, record: DebtRecord)

    static func person(_ token: SubjectToken, _ row: SQLiteRow) throws -> PersonRecord {
        var person = PersonRecord(
            token: token, dataKey: try row.value(0), identity: try row.value(1), address: try row.value(2), debts: [],
            version: try row.value(3), times: RowTimes(created: try row.value(4), updated: try row.value(5)))
        person.state = try row.value(6)
        person.cadastroCancelledAt = try row.value(7)
        person.encryptions = try row.value(8)
        return person
    }

    /// Reads a debt from the columns of a row that begin at `column`.
    static func debt(_ row: SQLiteRow, from column: Int32) throws -> PlacedDebt {
        let record = DebtRecord(
            debtID: try row.value(column + 1), details: try row.value(column + 2), version: try row.value(column + 3),
            times: RowTimes(created: try row.value(column + 4), updated: try row.value(column + 5)))
        return (try row.value(column), record)
    }

    /// The debts of a person in their places. Rows come in the order of their key, the debt's identifier.
    static func inPlaces(_ debts: [PlacedDebt]) -> [DebtRecord] {
        debts.count < 2 ? debts.map(\.record) : debts.sorted { $0.position < $1.position }.map(\.record)
    }
}
