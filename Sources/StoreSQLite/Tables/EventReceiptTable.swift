import Bureau
import GRDB
import Repositories

/// What writes that may be repeated have left, on one connection: the table `receipt` of base C.
struct EventReceiptTable {
    private let search: PreparedStatement
    private let insertion: PreparedStatement
    private let expiry: PreparedStatement

    init(_ db: Database) throws {
        search = try PreparedStatement(
            "SELECT digest, at, body FROM receipt WHERE token = ?1 AND key = ?2", on: db)
        insertion = try PreparedStatement(
            "INSERT INTO receipt (token, key, digest, at, body) VALUES (?1, ?2, ?3, ?4, ?5)", on: db)
        // A few at a time keep up, because each write that adds one removes more.
        expiry = try PreparedStatement(
            """
            DELETE FROM receipt WHERE (token, key) IN (
                SELECT token, key FROM receipt INDEXED BY receipt_age WHERE at < ?1 LIMIT 4)
            """, on: db)
    }

    func receipt(_ key: RepeatKey) throws -> Receipt? {
        try search.first(key.token, key.key) { row in
            Receipt(digest: try row.value(0), at: try row.value(1), body: try row.value(2))
        }
    }

    /// Keeps a receipt, and drops some of those whose time is over.
    func insert(_ new: NewReceipt) throws {
        let receipt = new.receipt
        try insertion.run(new.key.token, new.key.key, receipt.digest, receipt.at, receipt.body)
        try expiry.run(receipt.at.beforeRetention)
    }
}
