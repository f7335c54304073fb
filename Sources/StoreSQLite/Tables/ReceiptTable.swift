import Bureau
import GRDB
import Repositories

/// Reads and writes the receipts of base A or B, on one connection.
struct ReceiptTable {
    private let search: PreparedStatement
    private let insertion: PreparedStatement
    private let pruning: PreparedStatement
    /// The most old receipts that one new receipt removes, so that no write waits for many.
    private static let prunedAtOnce: Int64 = 4

    init(_ db: Database) throws {
        search = try PreparedStatement(
            "SELECT digest, version, at, body FROM receipt WHERE token = ?1 AND key = ?2", on: db)
        insertion = try PreparedStatement(
            "INSERT INTO receipt (token, key, digest, version, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", on: db)
        pruning = try PreparedStatement(
            """
            DELETE FROM receipt WHERE (token, key) IN (SELECT token, key FROM receipt WHERE at < ?1 ORDER BY at LIMIT ?2)
            """, on: db)
    }

    func receipt(_ key: RepeatKey) throws -> Receipt? {
        try search.first(key.token, key.key) { row in
            Receipt(
                digest: try row.value(0), version: try row.value(1), at: try row.value(2), body: try row.value(3))
        }
    }

    /// Carries out a write unless there is a receipt of it, and keeps its receipt when it has written.
    func once(_ new: NewReceipt?, _ write: () throws -> WriteOutcome) throws -> WriteOutcome {
        if try hasReceipt(new) { return .repeated }
        let outcome = try write()
        if case .written(let version) = outcome { try insert(new, version: version) }
        return outcome
    }

    /// Whether a write under the receipt's key has taken effect.
    func hasReceipt(_ new: NewReceipt?) throws -> Bool {
        guard let new else { return false }
        return try search.first(new.key.token, new.key.key) { _ in true } ?? false
    }

    /// Keeps the receipt of a write that has just taken effect, and removes a few that are old.
    func insert(_ new: NewReceipt?, version: Int64) throws {
        guard let new else { return }
        let receipt = new.receipt
        try insertion.run(new.key.token, new.key.key, receipt.digest, version, receipt.at, receipt.body)
        try pruning.run(receipt.at.beforeRetention, Self.prunedAtOnce)
    }
}
