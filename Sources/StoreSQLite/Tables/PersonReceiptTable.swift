import Bureau
import GRDB
import Repositories

/// Reads and writes base A's receipts, on one connection.
struct PersonReceiptTable {
    private let search: PreparedStatement
    private let insertion: PreparedStatement
    private let removal: PreparedStatement

    init(_ db: Database) throws {
        search = try PreparedStatement(
            "SELECT digest, version, at, body FROM receipt WHERE token = ?1 AND key = ?2", on: db)
        insertion = try PreparedStatement(
            "INSERT INTO receipt (token, key, digest, version, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", on: db)
        removal = try PreparedStatement(
            """
            DELETE FROM receipt WHERE (token, key) IN (
                SELECT token, key FROM receipt WHERE at < ?1 ORDER BY at LIMIT 2
            )
            """, on: db)
    }

    func receipt(_ key: RepeatKey) throws -> Receipt? {
        try search.first(key.token, key.key) { row in
            Receipt(
                digest: try row.value(0), version: try row.value(1), at: try row.value(2), body: try row.value(3))
        }
    }

    /// Carries out a write unless there is a receipt of it, and keeps its receipt when it has written.
    ///
    /// A receipt that is written takes the place of two that are too old.
    func once(_ new: NewReceipt?, _ write: () throws -> WriteOutcome) throws -> WriteOutcome {
        guard let new else { return try write() }
        guard try receipt(new.key) == nil else { return .repeated }
        let outcome = try write()
        if case .written(let version) = outcome {
            let receipt = new.receipt
            try removal.run(receipt.at.beforeRetention)
            try insertion.run(new.key.token, new.key.key, receipt.digest, version, receipt.at, receipt.body)
        }
        return outcome
    }
}
