import Repositories

/// The SQL of debts.
///
/// The statement `lock` goes first, so that the persons stay as they were found. Each written debt also counts as a
/// write of its person. Parameters of receipts are as `told` says; a repeat gives a row with NULL.
extension Statement {
    /// Parameters: tokens, debt identifiers. Returns the versions of the debts that were found.
    static let findDebtsSQL = """
        SELECT debt.token, debt.version
        FROM unnest($1::bytea[], $2::uuid[]) AS given (token, debt_id)
        JOIN debt ON debt.token = given.token AND debt.debt_id = given.debt_id
        WHERE debt.token = ANY ($1::bytea[])
        """

    /// Parameters: tokens, data keys, expected versions of the persons or NULL, debt identifiers, times of the persons,
    /// details, layouts; of receipts; states of the persons; both times of the debts.
    static let addDebtsSQL = """
        WITH \(told(from: 8)), added AS (
            INSERT INTO debt (token, debt_id, position, details, layout, version, created_at, updated_at)
            SELECT person.token, given.debt_id,
                (SELECT coalesce(max(position) + 1, 0) FROM debt WHERE debt.token = person.token),
                given.details, given.layout, 1, given.created_at, given.updated_at
            FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::uuid[], $6::bytea[], $7::bigint[],
                    $14::timestamptz[], $15::timestamptz[])
                AS given (token, data_key, expected, debt_id, details, layout, created_at, updated_at)
            JOIN person ON person.token = given.token AND \(isSameKey)
            WHERE person.token = ANY ($1::bytea[])
                AND (given.expected IS NULL OR person.version = given.expected)
                AND person.token NOT IN (SELECT token FROM told)
            ON CONFLICT DO NOTHING
            RETURNING token, version
        ), touched AS (
            UPDATE person SET version = person.version + 1, updated_at = given.at, state = given.state,
                encryptions = person.encryptions + \(EncryptionCount.debtChange)
            FROM added JOIN unnest($1::bytea[], $13::bytea[], $5::timestamptz[]) AS given (token, state, at)
                ON given.token = added.token
            WHERE person.token = ANY ($1::bytea[]) AND person.token = added.token
        ), \(kept(from: 8, of: "added"))
        SELECT token, version FROM added UNION ALL SELECT token, NULL FROM told
        """

    /// Parameters: tokens, data keys, expected versions of the debts, debt identifiers, times of the persons, details,
    /// layouts, times of the debts, expected versions of the persons or NULL; of receipts; states of the persons.
    static let replaceDebtsSQL = """
        WITH \(told(from: 10)), replaced AS (
            UPDATE debt
            SET details = given.details, layout = given.layout, version = debt.version + 1, updated_at = given.at
            FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::uuid[], $6::bytea[], $7::bigint[],
                    $8::timestamptz[], $9::bigint[])
                AS given (token, data_key, expected, debt_id, details, layout, at, expected_person)
            JOIN person ON person.token = given.token AND \(isSameKey)
            WHERE person.token = ANY ($1::bytea[]) AND debt.token = ANY ($1::bytea[])
                AND debt.token = given.token AND debt.debt_id = given.debt_id AND debt.version = given.expected
                AND (given.expected_person IS NULL OR person.version = given.expected_person)
                AND debt.token NOT IN (SELECT token FROM told)
            RETURNING debt.token, debt.version
        ), touched AS (
            UPDATE person SET version = person.version + 1, updated_at = given.at, state = given.state,
                encryptions = person.encryptions + \(EncryptionCount.debtChange)
            FROM replaced JOIN unnest($1::bytea[], $15::bytea[], $5::timestamptz[]) AS given (token, state, at)
                ON given.token = replaced.token
            WHERE person.token = ANY ($1::bytea[]) AND person.token = replaced.token
        ), \(kept(from: 10, of: "replaced"))
        SELECT token, version FROM replaced UNION ALL SELECT token, NULL FROM told
        """

    /// Parameters: tokens, data keys, expected versions of the debts or NULL, debt identifiers, instants; of receipts;
    /// expected versions of the persons or NULL; states of the persons.
    static let removeDebtsSQL = """
        WITH \(told(from: 6)), removed AS (
            DELETE FROM debt
            USING unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::uuid[], $5::timestamptz[], $11::bigint[])
                AS given (token, data_key, expected, debt_id, at, expected_person)
            JOIN person ON person.token = given.token AND \(isSameKey)
            WHERE person.token = ANY ($1::bytea[]) AND debt.token = ANY ($1::bytea[])
                AND debt.token = given.token AND debt.debt_id = given.debt_id
                AND (given.expected IS NULL OR debt.version = given.expected)
                AND (given.expected_person IS NULL OR person.version = given.expected_person)
                AND debt.token NOT IN (SELECT token FROM told)
            RETURNING debt.token, debt.version, given.at
        ), touched AS (
            UPDATE person SET version = person.version + 1, updated_at = removed.at, state = given.state,
                encryptions = person.encryptions + \(EncryptionCount.debtChange)
            FROM removed JOIN unnest($1::bytea[], $12::bytea[]) AS given (token, state) ON given.token = removed.token
            WHERE person.token = ANY ($1::bytea[]) AND person.token = removed.token
        ), \(kept(from: 6, of: "removed"))
        SELECT token, version FROM removed UNION ALL SELECT token, NULL FROM told
        """
}
