import Bureau
import GRDB
import Repositories

/// Walks through the persons of a file in the order of its rows, by two statements for each page: rows that were
/// written after one another lie beside one another, whatever their tokens.
///
/// A segment has every so many-th block of rows, so that the segments stay what they are while persons are added.
struct PersonWalkQuery {
    private let last: PreparedStatement
    private let persons: PreparedStatement
    private let payments: PreparedStatement

    init(_ db: Database) throws {
        last = try PreparedStatement("SELECT coalesce(max(id), -1) FROM person", on: db)
        // One row for each debt, and one for a person without debts.
        persons = try PreparedStatement(
            """
            SELECT \(PersonQuery.columns), person.token, person.id
            FROM person LEFT JOIN cadastro ON cadastro.token = person.token AND cadastro.reopened_at IS NULL
            LEFT JOIN debt ON debt.person = person.id
            WHERE person.id BETWEEN ?1 AND ?2 ORDER BY person.id
            """, on: db)
        payments = try PreparedStatement(
            """
            SELECT position, payment_key, details, version, created_at, updated_at, debt_id, person FROM payment
            WHERE person BETWEEN ?1 AND ?2 ORDER BY person, debt_id, position LIMIT ?3
            """, on: db)
    }

    /// Reads the next block of a segment; `limit` is the number of rows that a block has room for.
    func page(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int, mostPayments: Int
    ) throws -> PersonPage {
        let block = cursor.flatMap(\.block) ?? Int64(segment.number)
        let first = block * Int64(limit)
        let final = first + Int64(limit) - 1
        let last: Int64 = try last.first { try $0.value(0) } ?? -1
        var (persons, ids) = try persons(first, final)
        if mostPayments > 0 { try add(mostPayments, to: &persons, ids, first, final) }
        let next = block + Int64(segment.count)
        return PersonPage(persons: persons, next: next * Int64(limit) > last ? nil : WalkCursor(block: next))
    }

    private func persons(_ first: Int64, _ final: Int64) throws -> (persons: [WalkedPerson], ids: [Int64]) {
        var persons: [WalkedPerson] = []
        var ids: [Int64] = []
        var debts: [PersonQuery.PlacedDebt] = []
        func end() {
            // Debts come in the order of their identifiers.
            debts.sort { $0.position < $1.position }
            if !persons.isEmpty { persons[persons.count - 1].record.debts = debts.map(\.record) }
            debts.removeAll(keepingCapacity: true)
        }
        try self.persons.forEach(first, final) { row in
            let id: Int64 = try row.value(16)
            if ids.last != id {
                end()
                ids.append(id)
                persons.append(WalkedPerson(record: try PersonQuery.person(try row.value(15), row)))
            }
            if let debt = try PersonQuery.debt(row) { debts.append(debt) }
        }
        end()
        return (persons, ids)
    }

    /// Adds the payments of those persons of whom all were read.
    private func add(
        _ most: Int, to persons: inout [WalkedPerson], _ ids: [Int64], _ first: Int64, _ final: Int64
    ) throws {
        var index = 0
        var found: [PersonPayment] = []
        var count = 0
        try payments.forEach(first, final, most + 1) { row in
            count += 1
            let id: Int64 = try row.value(7)
            while index < ids.count, ids[index] < id {
                persons[index].payments = found
                found.removeAll()
                index += 1
            }
            found.append(PersonPayment(debtID: try row.value(6), record: try PaymentRecord(row)))
        }
        // The one who was being read when the limit was met, and those behind, may have more.
        guard count <= most else { return }
        while index < ids.count {
            persons[index].payments = found
            found.removeAll()
            index += 1
        }
    }
}

extension SQLitePersonStore {
    package func persons(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int, mostPayments: Int
    ) async throws(StoreError) -> PersonPage {
        try await file.read { db in
            try PersonWalkQuery(db).page(segment, after: cursor, limit: limit, mostPayments: mostPayments)
        }
    }
}
