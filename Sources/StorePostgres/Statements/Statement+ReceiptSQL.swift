/// The SQL of receipts, which lie in the transactions of their effects.
extension Statement {
    /// The receipts that a batch would write and that are there already, as a table expression.
    ///
    /// `first` is the number of the first of five parameters, with an element for each item that has a receipt: tokens,
    /// keys, digests, instants, bodies.
    static func told(from first: Int) -> String {
        """
        told AS MATERIALIZED (
            SELECT receipt.token
            FROM unnest($\(first)::bytea[], $\(first + 1)::uuid[]) AS given (token, key)
            JOIN receipt ON receipt.token = given.token AND receipt.key = given.key
            WHERE receipt.token = ANY ($\(first)::bytea[]) AND receipt.key = ANY ($\(first + 1)::uuid[])
        )
        """
    }

    /// Writes the receipts of the items of `written`, a table expression with their tokens and versions.
    static func kept(from first: Int, of written: String) -> String {
        """
        kept AS (
            INSERT INTO receipt (token, key, digest, version, at, body)
            SELECT given.token, given.key, given.digest, \(written).version, given.at, given.body
            FROM unnest($\(first)::bytea[], $\(first + 1)::uuid[], $\(first + 2)::uuid[],
                    $\(first + 3)::timestamptz[], $\(first + 4)::bytea[])
                AS given (token, key, digest, at, body)
            JOIN \(written) ON \(written).token = given.token
        )
        """
    }

    /// Parameters: tokens, keys. Returns the receipts that are there.
    static let receiptsSQL = """
        SELECT receipt.token, receipt.key, receipt.digest, receipt.version, receipt.at, receipt.body
        FROM unnest($1::bytea[], $2::uuid[]) AS given (token, key)
        JOIN receipt ON receipt.token = given.token AND receipt.key = given.key
        WHERE receipt.token = ANY ($1::bytea[]) AND receipt.key = ANY ($2::uuid[])
        """

    /// Parameters: an instant, a number. Deletes that many of the oldest receipts from before the instant.
    ///
    /// It skips those that another batch deletes, so that no batch waits for another.
    static let forgetReceiptsSQL = """
        DELETE FROM receipt WHERE (token, key) IN (
            SELECT token, key FROM receipt WHERE at < ($1::timestamptz[])[1]
            ORDER BY at LIMIT ($2::bigint[])[1] FOR UPDATE SKIP LOCKED
        )
        """
}
