import Bureau
import GRDB
import Repositories

/// Writes base A's `debt` rows, on one connection.
struct DebtTable {
    private let insertion: PreparedStatement
    private let addition: PreparedStatement
    private let replacement: PreparedStatement
    private let removal: PreparedStatement
    private let search: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            """
            INSERT INTO debt (person, debt_id, position, details, layout, version, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7)
            """, on: db)
        addition = try PreparedStatement(
            """
            INSERT INTO debt (person, debt_id, position, details, layout, version, created_at, updated_at)
            VALUES (?1, ?2, (SELECT coalesce(max(position) + 1, 0) FROM debt WHERE person = ?1), ?3, ?4, 1, ?5, ?6)
            ON CONFLICT DO NOTHING
            """, on: db)
        replacement = try PreparedStatement(
            """
            UPDATE debt SET details = ?3, layout = ?4, version = version + 1, updated_at = ?5
            WHERE person = ?1 AND debt_id = ?2
            """, on: db)
        removal = try PreparedStatement("DELETE FROM debt WHERE person = ?1 AND debt_id = ?2", on: db)
        search = try PreparedStatement("SELECT version FROM debt WHERE person = ?1 AND debt_id = ?2", on: db)
    }

    /// Inserts a debt of a person that has just been inserted.
    func insert(_ debt: NewDebt, person: Int64, position: Int) throws {
        try insertion.run(
            person, debt.debtID, position, debt.details, debt.layout, debt.times.created, debt.times.updated)
    }

    /// Whether the person has this debt.
    func has(_ debtID: RecordID, of person: Int64) throws -> Bool {
        try search.first(person, debtID) { _ in true } ?? false
    }

    /// Carries out one change of a person that was found.
    func apply(_ change: DebtChange, to person: PersonTable.State) throws -> WriteOutcome {
        switch change.action {
        case .add(let debt, let expectedPersonVersion):
            guard person.version.meets(expectedPersonVersion) else {
                return .versionConflict(current: person.version)
            }
            let added = try addition.run(
                person.row, debt.debtID, debt.details, debt.layout, debt.times.created, debt.times.updated)
            return added == 1 ? .written(version: 1) : .alreadyExists
        case .replace(let debt, let expectedVersion, let expectedPersonVersion):
            return try self.change(
                debt.debtID, of: person, expectedVersion: expectedVersion,
                isWritable: person.version.meets(expectedPersonVersion)
            ) { version in
                try replacement.run(person.row, debt.debtID, debt.details, debt.layout, debt.times.updated)
                return version + 1
            }
        case .remove(let debtID, let expectedVersion, let expectedPersonVersion):
            return try self.change(
                debtID, of: person, expectedVersion: expectedVersion,
                isWritable: person.version.meets(expectedPersonVersion)
            ) { version in
                try removal.run(person.row, debtID)
                return version
            }
        }
    }

    /// Calls `write` with the version of a debt when that is the expected one and the person is as expected too.
    private func change(
        _ debtID: RecordID, of person: PersonTable.State, expectedVersion: Int64?, isWritable: Bool = true,
        write: (Int64) throws -> Int64
    ) throws -> WriteOutcome {
        guard let version: Int64 = try search.first(person.row, debtID, read: { try $0.value(0) }) else {
            return .notFound
        }
        guard version.meets(expectedVersion), isWritable else { return .versionConflict(current: version) }
        return .written(version: try write(version))
    }
}
