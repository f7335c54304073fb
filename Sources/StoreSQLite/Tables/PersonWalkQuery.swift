import Bureau
import GRDB
import Repositories

/// Walks through the persons of a file in the order of its rows, by one statement for the persons of a page and one for
/// each kind of their parts: rows that were written after one another lie beside one another, whatever their tokens.
///
/// A segment has every so many-th block of rows, so that the segments stay what they are while persons are added.
struct PersonWalkQuery {
    private let last: PreparedStatement
    private let persons: PreparedStatement
    private let debts: PreparedStatement
    private let payments: PreparedStatement
    private let consents: PreparedStatement

    init(_ db: Database) throws {
        last = try PreparedStatement("SELECT coalesce(max(id), -1) FROM person", on: db)
        persons = try PreparedStatement(
            """
            SELECT \(PersonQuery.personColumns), person.token, person.id
            FROM person LEFT JOIN cadastro ON cadastro.token = person.token AND cadastro.reopened_at IS NULL
            WHERE person.id BETWEEN ?1 AND ?2 ORDER BY person.id
            """, on: db)
        debts = try PreparedStatement(
            """
            SELECT \(PersonQuery.debtColumns), person FROM debt
            WHERE person BETWEEN ?1 AND ?2 ORDER BY person, debt_id LIMIT ?3
            """, on: db)
        payments = try PreparedStatement(
            """
            SELECT position, payment_key, details, version, created_at, updated_at, debt_id, person FROM payment
            WHERE person BETWEEN ?1 AND ?2 ORDER BY person, debt_id, position LIMIT ?3
            """, on: db)
        consents = try PreparedStatement(
            """
            SELECT consent_id, details, granted_at, person FROM consent
            WHERE person BETWEEN ?1 AND ?2 AND revoked_at IS NULL ORDER BY person, consent_id LIMIT ?3
            """, on: db)
    }

    /// Reads the next block of a segment; `limit` is the number of rows that a block has room for.
    func page(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int, along: WalkedParts
    ) throws -> PersonPage {
        let block = cursor.flatMap(\.block) ?? Int64(segment.number)
        let first = block * Int64(limit)
        let final = first + Int64(limit) - 1
        let last: Int64 = try last.first { try $0.value(0) } ?? -1
        var (persons, ids) = try persons(first, final)
        let debts = try PartRows(statement: debts, first: first, final: final)
            .parts(of: ids, personColumn: 6) { row in try PersonQuery.debt(row, from: 0) }
        for (index, debts) in debts.enumerated() { persons[index].record.debts = PersonQuery.inPlaces(debts) }
        if along.mostPayments > 0 {
            let rows = PartRows(statement: payments, first: first, final: final, most: along.mostPayments)
            let payments = try rows.parts(of: ids, personColumn: 7) { row in
                PersonPayment(debtID: try row.value(6), record: try PaymentRecord(row))
            }
            for (index, payments) in payments.enumerated() { persons[index].payments = payments }
        }
        if along.mostConsents > 0 {
            let rows = PartRows(statement: consents, first: first, final: final, most: along.mostConsents)
            let consents = try rows.parts(of: ids, personColumn: 3) { row in
                ConsentRecord(consentID: try row.value(0), details: try row.value(1), grantedAt: try row.value(2))
            }
            for (index, consents) in consents.enumerated() { persons[index].consents = consents.reversed() }
        }
        let next = block + Int64(segment.count)
        return PersonPage(persons: persons, next: next * Int64(limit) > last ? nil : WalkCursor(block: next))
    }

    private func persons(_ first: Int64, _ final: Int64) throws -> (persons: [WalkedPerson], ids: [Int64]) {
        var persons: [WalkedPerson] = []
        var ids: [Int64] = []
        try self.persons.forEach(first, final) { row in
            ids.append(try row.value(10))
            persons.append(WalkedPerson(record: try PersonQuery.person(try row.value(9), row)))
        }
        return (persons, ids)
    }
}

/// The rows of one kind of part that a page's persons have, in the order of the persons.
private struct PartRows {
    let statement: PreparedStatement
    /// The rows of the first and the last person.
    let first: Int64
    let final: Int64
    /// Nil for no limit.
    var most: Int?

    /// Reads the parts of each person, from the first one on to the last of whom all were read.
    func parts<Part>(
        of ids: [Int64], personColumn: Int32, read: (SQLiteRow) throws -> Part
    ) throws -> [[Part]] {
        var parts: [[Part]] = []
        parts.reserveCapacity(ids.count)
        var found: [Part] = []
        var count = 0
        func endThose(before id: Int64) {
            while parts.count < ids.count, ids[parts.count] < id {
                parts.append(found)
                found.removeAll()
            }
        }
        try statement.forEach(first, final, most.map { $0 + 1 } ?? -1) { row in
            count += 1
            endThose(before: try row.value(personColumn))
            found.append(try read(row))
        }
        // The one who was being read when the limit was met, and those behind, may have more.
        if most.map({ count <= $0 }) ?? true { endThose(before: .max) }
        return parts
    }
}

extension SQLitePersonStore {
    public func persons(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int, along: WalkedParts
    ) async throws(StoreError) -> PersonPage {
        try await file.read { db in
            try PersonWalkQuery(db).page(segment, after: cursor, limit: limit, along: along)
        }
    }
}
