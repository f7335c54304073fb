import Bureau
import GRDB
import Repositories

/// The reading of a person with its debts, on one connection.
struct PersonQuery {
    private let join: PreparedStatement

    init(_ db: Database) throws {
        // One row a debt, and one for a person without: a second statement a person would cost more than the columns
        // that the join repeats, which are copied once.
        join = try PreparedStatement(
            """
            SELECT person.data_key, person.identity, person.address, person.version, person.created_at,
                person.updated_at, debt.position, debt.debt_id, debt.details, debt.version, debt.created_at,
                debt.updated_at
            FROM person LEFT JOIN debt ON debt.person = person.id
            WHERE person.token = ?1
            """, on: db)
    }

    func record(_ token: SubjectToken) throws -> PersonRecord? {
        var person: PersonRecord?
        var debts: [(position: Int64, record: DebtRecord)] = []
        try join.forEach(token) { row in
            if person == nil { person = try Self.person(token, row) }
            guard !row.isNull(6) else { return }
            debts.append((try row.value(6), try Self.debt(row)))
        }
        // The rows come in the order of their key, the debt's identifier.
        debts.sort { $0.position < $1.position }
        person?.debts = debts.map(\.record)
        return person
    }

    private static func person(_ token: SubjectToken, _ row: ResultRow) throws -> PersonRecord {
        PersonRecord(
            token: token, dataKey: try row.value(0), identity: try row.value(1), address: try row.value(2), debts: [],
            version: try row.value(3), createdAt: try row.value(4), updatedAt: try row.value(5))
    }

    private static func debt(_ row: ResultRow) throws -> DebtRecord {
        DebtRecord(
            debtID: try row.value(7), details: try row.value(8), version: try row.value(9),
            createdAt: try row.value(10), updatedAt: try row.value(11))
    }
}
