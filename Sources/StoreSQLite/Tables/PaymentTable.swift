import Bureau
import GRDB
import Repositories

/// Writes base A's `payment` rows, on one connection.
struct PaymentTable {
    private let insertion: PreparedStatement
    private let replacement: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            """
            INSERT INTO payment (person, debt_id, position, payment_key, details, version, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7)
            ON CONFLICT DO NOTHING
            """, on: db)
        replacement = try PreparedStatement(
            """
            UPDATE payment SET details = ?5, version = version + 1, updated_at = ?6
            WHERE person = ?1 AND debt_id = ?2 AND version = ?3 AND payment_key = ?4
            """, on: db)
    }

    /// Carries out one change of a debt that was found.
    func apply(_ change: PaymentChange, person: Int64) throws -> WriteOutcome {
        let payment = change.payment
        switch change.action {
        case .add(let position):
            let added = try insertion.run(
                person, payment.debtID, position, payment.key, change.details, change.times.created,
                change.times.updated)
            return added == 1 ? .written(version: 1) : .overtaken
        case .replace(let version):
            let replaced = try replacement.run(
                person, payment.debtID, version, payment.key, change.details, change.times.updated)
            return replaced == 1 ? .written(version: version + 1) : .overtaken
        }
    }
}

/// Reads payments, on one connection.
struct PaymentSearch {
    private let count: PreparedStatement
    private let one: PreparedStatement
    private let page: PreparedStatement

    init(_ db: Database) throws {
        let person = "person = (SELECT id FROM person WHERE token = ?1)"
        count = try PreparedStatement(
            "SELECT coalesce(max(position) + 1, 0) FROM payment WHERE \(person) AND debt_id = ?2", on: db)
        one = try PreparedStatement(
            """
            SELECT position, payment_key, details, version, created_at, updated_at FROM payment
            WHERE \(person) AND debt_id = ?2 AND payment_key = ?3
            """, on: db)
        page = try PreparedStatement(
            """
            SELECT position, payment_key, details, version, created_at, updated_at FROM payment
            WHERE \(person) AND debt_id = ?2 AND position < ?3 ORDER BY position DESC LIMIT ?4
            """, on: db)
    }

    func state(_ payment: PaymentKey) throws -> PaymentState {
        PaymentState(
            count: try count.first(payment.token, payment.debtID, read: { try $0.value(0) }) ?? 0,
            payment: try one.first(payment.token, payment.debtID, payment.key, read: PaymentRecord.init))
    }

    func page(_ query: PaymentQuery) throws -> [PaymentRecord] {
        try page.all(query.token, query.debtID, query.before ?? .max, query.limit, read: PaymentRecord.init)
    }
}

/// Reads payments of all debts of a person, on one connection.
struct PersonPaymentSearch {
    private let page: PreparedStatement

    init(_ db: Database) throws {
        // No identifier is before x'', so that the first page begins behind it.
        page = try PreparedStatement(
            """
            SELECT position, payment_key, details, version, created_at, updated_at, debt_id FROM payment
            WHERE person = (SELECT id FROM person WHERE token = ?1) AND (debt_id, position) > (coalesce(?2, x''), ?3)
            ORDER BY debt_id, position LIMIT ?4
            """, on: db)
    }

    func page(_ query: PersonPaymentsQuery) throws -> [PersonPayment] {
        try page.all(query.token, query.after?.debtID, query.after?.position ?? 0, query.limit) { row in
            PersonPayment(debtID: try row.value(6), record: try PaymentRecord(row))
        }
    }
}

extension PaymentRecord {
    /// Reads a payment from the first six columns of a row.
    init(_ row: SQLiteRow) throws {
        self.init(
            position: try row.value(0), key: try row.value(1), details: try row.value(2), version: try row.value(3),
            times: RowTimes(created: try row.value(4), updated: try row.value(5)))
    }
}
