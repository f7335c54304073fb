import Repositories

/// The SQL of payments.
///
/// The statement `lock` goes before a write, so that the persons and the numbers of their payments stay as they were
/// found. A payment is no write of its person or its debt, because neither changes.
extension Statement {
    /// Parameters: tokens, debt identifiers, keys of payments. Returns for each, by its number from 1 on, how many
    /// payments the debt has, and the payment itself or NULL.
    static let findPaymentsSQL = """
        SELECT given.number, counted.count, found.position, found.payment_key, found.details, found.version,
            found.created_at, found.updated_at
        FROM unnest($1::bytea[], $2::uuid[], $3::uuid[]) WITH ORDINALITY
            AS given (token, debt_id, payment_key, number)
        CROSS JOIN LATERAL (
            SELECT coalesce(max(position) + 1, 0) AS count FROM payment
            WHERE payment.token = given.token AND payment.debt_id = given.debt_id
        ) AS counted
        LEFT JOIN LATERAL (
            SELECT position, payment_key, details, version, created_at, updated_at FROM payment
            WHERE payment.token = given.token AND payment.debt_id = given.debt_id
                AND payment.payment_key = given.payment_key
            LIMIT 1
        ) AS found ON true
        """

    /// Parameters: tokens, debt identifiers, positions below which to look or NULL, numbers of payments. Returns the
    /// latest payments of each debt, with the number of the query from 1 on, in any order.
    static let paymentPageSQL = """
        SELECT given.number, page.position, page.payment_key, page.details, page.version, page.created_at,
            page.updated_at
        FROM unnest($1::bytea[], $2::uuid[], $3::bigint[], $4::bigint[]) WITH ORDINALITY
            AS given (token, debt_id, before, count, number)
        CROSS JOIN LATERAL (
            SELECT position, payment_key, details, version, created_at, updated_at FROM payment
            WHERE payment.token = given.token AND payment.debt_id = given.debt_id
                AND payment.position < coalesce(given.before, 9223372036854775807)
            ORDER BY position DESC LIMIT given.count
        ) AS page
        """

    /// Parameters: tokens, debt identifiers and positions of the payments behind which to look or NULL, numbers of
    /// payments. Returns the next payments of each person, with the number of the query from 1 on, in any order.
    static let personPaymentPageSQL = """
        SELECT given.number, page.position, page.payment_key, page.details, page.version, page.created_at,
            page.updated_at, page.debt_id
        FROM unnest($1::bytea[], $2::uuid[], $3::bigint[], $4::bigint[]) WITH ORDINALITY
            AS given (token, debt_id, position, count, number)
        CROSS JOIN LATERAL (
            SELECT debt_id, position, payment_key, details, version, created_at, updated_at FROM payment
            WHERE payment.token = given.token
                AND (payment.debt_id, payment.position) > (
                    coalesce(given.debt_id, '00000000-0000-0000-0000-000000000000'), coalesce(given.position, -1))
            ORDER BY debt_id, position LIMIT given.count
        ) AS page
        """

    /// Parameters: tokens, data keys, debt identifiers, positions, keys of payments, details, times of the last write; of
    /// receipts as `told` says; times of creation. Returns the versions of the payments that were added, and NULL for each repeat. A position or a key
    /// that is taken adds nothing.
    static let addPaymentsSQL = """
        WITH \(told(from: 8)), added AS (
            INSERT INTO payment
                (token, debt_id, position, payment_key, details, version, created_at, updated_at)
            SELECT debt.token, debt.debt_id, given.position, given.payment_key, given.details, 1, given.created_at,
                given.updated_at
            FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bigint[], $5::uuid[], $6::bytea[],
                    $7::timestamptz[], $13::timestamptz[])
                AS given (token, data_key, debt_id, position, payment_key, details, updated_at, created_at)
            JOIN person ON person.token = given.token AND \(isSameKey)
            JOIN debt ON debt.token = given.token AND debt.debt_id = given.debt_id
            WHERE person.token = ANY ($1::bytea[]) AND debt.token = ANY ($1::bytea[])
                AND debt.token NOT IN (SELECT token FROM told)
            ON CONFLICT DO NOTHING
            RETURNING token, version, position
        ), counted AS (
            UPDATE person SET encryptions = person.encryptions + \(EncryptionCount.paymentsOfBlock)
            FROM added
            WHERE person.token = ANY ($1::bytea[]) AND person.token = added.token
                AND added.position % \(EncryptionCount.paymentsOfBlock) = 0
        ), \(kept(from: 8, of: "added"))
        SELECT token, version FROM added UNION ALL SELECT token, NULL FROM told
        """

    /// Parameters: tokens, data keys, debt identifiers, expected versions, keys of payments, details, instants; of
    /// receipts as `told` says. Returns the versions of the payments that were replaced, and NULL for each repeat.
    static let replacePaymentsSQL = """
        WITH \(told(from: 8)), replaced AS (
            UPDATE payment SET details = given.details, version = payment.version + 1, updated_at = given.at
            FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bigint[], $5::uuid[], $6::bytea[],
                    $7::timestamptz[])
                AS given (token, data_key, debt_id, expected, payment_key, details, at)
            JOIN person ON person.token = given.token AND \(isSameKey)
            WHERE person.token = ANY ($1::bytea[]) AND payment.token = ANY ($1::bytea[])
                AND payment.token = given.token AND payment.debt_id = given.debt_id
                AND payment.payment_key = given.payment_key AND payment.version = given.expected
                AND payment.token NOT IN (SELECT token FROM told)
            RETURNING payment.token, payment.version
        ), counted AS (
            UPDATE person SET encryptions = person.encryptions + 1 FROM replaced
            WHERE person.token = ANY ($1::bytea[]) AND person.token = replaced.token
        ), \(kept(from: 8, of: "replaced"))
        SELECT token, version FROM replaced UNION ALL SELECT token, NULL FROM told
        """
}
