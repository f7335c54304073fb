/// Changes of debts. `lock` goes before them, so that the persons stay as they were found; each written debt also
/// counts as a write of its person.
extension Statement {
    /// Parameters: tokens, debt identifiers. Tells the versions of those that are there.
    static let findDebtsSQL = """
        SELECT debt.token, debt.version
        FROM unnest($1::bytea[], $2::uuid[]) AS given (token, debt_id)
        JOIN debt ON debt.token = given.token AND debt.debt_id = given.debt_id
        WHERE debt.token = ANY ($1::bytea[])
        """

    /// Parameters: tokens, data keys, expected versions of the persons or NULL, debt identifiers, details, instants.
    static let addDebtsSQL = """
        WITH added AS (
            INSERT INTO debt (token, debt_id, position, details, version, created_at, updated_at)
            SELECT person.token, given.debt_id,
                (SELECT coalesce(max(position) + 1, 0) FROM debt WHERE debt.token = person.token),
                given.details, 1, given.at, given.at
            FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::uuid[], $5::bytea[], $6::timestamptz[])
                AS given (token, data_key, expected, debt_id, details, at)
            JOIN person ON person.token = given.token AND person.data_key = given.data_key
            WHERE person.token = ANY ($1::bytea[])
                AND (given.expected IS NULL OR person.version = given.expected)
            ON CONFLICT DO NOTHING
            RETURNING token, version, updated_at AS at
        ), touched AS (
            UPDATE person SET version = person.version + 1, updated_at = added.at
            FROM added WHERE person.token = ANY ($1::bytea[]) AND person.token = added.token
        )
        SELECT token, version FROM added
        """

    /// Parameters: tokens, data keys, expected versions of the debts, debt identifiers, details, instants.
    static let replaceDebtsSQL = """
        WITH replaced AS (
            UPDATE debt SET details = given.details, version = debt.version + 1, updated_at = given.at
            FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::uuid[], $5::bytea[], $6::timestamptz[])
                AS given (token, data_key, expected, debt_id, details, at)
            JOIN person ON person.token = given.token AND person.data_key = given.data_key
            WHERE person.token = ANY ($1::bytea[]) AND debt.token = ANY ($1::bytea[])
                AND debt.token = given.token AND debt.debt_id = given.debt_id AND debt.version = given.expected
            RETURNING debt.token, debt.version, debt.updated_at AS at
        ), touched AS (
            UPDATE person SET version = person.version + 1, updated_at = replaced.at
            FROM replaced WHERE person.token = ANY ($1::bytea[]) AND person.token = replaced.token
        )
        SELECT token, version FROM replaced
        """

    /// Parameters: tokens, data keys, expected versions of the debts or NULL, debt identifiers, instants.
    static let removeDebtsSQL = """
        WITH removed AS (
            DELETE FROM debt
            USING unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::uuid[], $5::timestamptz[])
                AS given (token, data_key, expected, debt_id, at)
            JOIN person ON person.token = given.token AND person.data_key = given.data_key
            WHERE person.token = ANY ($1::bytea[]) AND debt.token = ANY ($1::bytea[])
                AND debt.token = given.token AND debt.debt_id = given.debt_id
                AND (given.expected IS NULL OR debt.version = given.expected)
            RETURNING debt.token, debt.version, given.at
        ), touched AS (
            UPDATE person SET version = person.version + 1, updated_at = removed.at
            FROM removed WHERE person.token = ANY ($1::bytea[]) AND person.token = removed.token
        )
        SELECT token, version FROM removed
        """
}
