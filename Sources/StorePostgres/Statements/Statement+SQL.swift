import Repositories

/// The SQL of persons.
extension Statement {
    /// Parameters: tokens. Persons are the rows without a `debt_id`. Who has a tombstone is not there, also while the
    /// erasure goes on.
    ///
    /// One statement has one snapshot, so that persons fit their debts. The columns of a person are not repeated for
    /// each debt.
    static let readSQL = """
        SELECT token, NULL::uuid AS debt_id, 0::bigint AS position, identity AS content, version, created_at,
            updated_at, data_key, address, state, (
                SELECT cancelled_at FROM cadastro WHERE cadastro.token = person.token AND reopened_at IS NULL
            ) AS cadastro_cancelled_at, encryptions
        FROM person
        WHERE token = ANY ($1::bytea[]) AND NOT EXISTS (SELECT FROM tombstone WHERE tombstone.token = person.token)
        UNION ALL
        SELECT token, debt_id, position, details, version, created_at, updated_at, NULL, NULL, NULL, NULL, NULL
        FROM debt WHERE token = ANY ($1::bytea[])
        """

    /// Parameters: of persons tokens, data keys, identities, addresses, layouts, times of creation; of debts tokens,
    /// identifiers, positions, details, layouts; of receipts as `told` says; of persons states and times of the last
    /// write; of debts both times. Returns the version of each created person, and NULL for each whose creation is a
    /// repeat.
    static let createSQL = """
        WITH \(told(from: 12)), created AS (
            INSERT INTO person (token, data_key, identity, address, layout, version, created_at, updated_at, state)
            SELECT token, data_key, identity, address, layout, 1, created_at, updated_at, state
            FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[], $6::timestamptz[],
                    $17::bytea[], $18::timestamptz[])
                AS given (token, data_key, identity, address, layout, created_at, state, updated_at)
            WHERE token NOT IN (SELECT token FROM told)
                AND NOT EXISTS (SELECT FROM tombstone WHERE tombstone.token = given.token)
            ON CONFLICT DO NOTHING
            RETURNING token, version
        ), owed AS (
            INSERT INTO debt (token, debt_id, position, details, layout, version, created_at, updated_at)
            SELECT token, debt_id, position, details, layout, 1, created_at, updated_at
            FROM unnest($7::bytea[], $8::uuid[], $9::bigint[], $10::bytea[], $11::bigint[], $19::timestamptz[],
                    $20::timestamptz[])
                AS given (token, debt_id, position, details, layout, created_at, updated_at)
            JOIN created USING (token)
        ), \(kept(from: 12, of: "created"))
        SELECT token, version FROM created UNION ALL SELECT token, NULL FROM told
        """

    /// Parameters: of the persons of a creation tokens and data keys; of its receipts tokens and keys. Returns the
    /// versions of persons who were deleted before, from whose last versions they go on.
    ///
    /// It follows the creation in the same transaction and has a snapshot of its own, so that it sees a deletion for
    /// which the creation waited.
    static let continueVersionsSQL = """
        WITH continued AS (
            UPDATE person SET version = deleted_person.version + 1
            FROM unnest($1::bytea[], $2::bytea[]) AS given (token, data_key)
            JOIN deleted_person ON deleted_person.token = given.token
            WHERE person.token = ANY ($1::bytea[]) AND deleted_person.token = ANY ($1::bytea[])
                AND person.token = given.token AND \(isSameKey)
            RETURNING person.token, person.version
        ), corrected AS (
            UPDATE receipt SET version = continued.version
            FROM unnest($3::bytea[], $4::uuid[]) AS given (token, key) JOIN continued ON continued.token = given.token
            WHERE receipt.token = ANY ($3::bytea[]) AND receipt.token = given.token AND receipt.key = given.key
        )
        SELECT token, version FROM continued
        """

    /// Parameters: tokens. Locks the persons for the rest of the transaction and returns their versions and data keys.
    ///
    /// The locks are taken in the order of the tokens, so that no two batches wait for each other in a circle. The
    /// writes that follow name the data key, so that they never touch a person that was created in between.
    static let lockSQL = """
        SELECT token, version, data_key FROM person WHERE token = ANY ($1::bytea[]) ORDER BY token FOR UPDATE
        """

    /// Parameters: tokens, data keys, expected versions, identities, addresses, layouts, instants; of receipts as
    /// `told` says; states. Returns the version of each updated person, and NULL for each repeat.
    static let updateSQL = """
        WITH \(told(from: 8)), updated AS (
            UPDATE person
            SET identity = given.identity, address = given.address, layout = given.layout,
                version = person.version + 1, updated_at = given.at, state = given.state,
                encryptions = person.encryptions + \(EncryptionCount.update)
            FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bigint[],
                    $7::timestamptz[], $13::bytea[])
                AS given (token, data_key, expected, identity, address, layout, at, state)
            WHERE person.token = ANY ($1::bytea[]) AND person.token = given.token
                AND \(isSameKey) AND person.version = given.expected
                AND person.token NOT IN (SELECT token FROM told)
            RETURNING person.token, person.version
        ), \(kept(from: 8, of: "updated"))
        SELECT token, version FROM updated UNION ALL SELECT token, NULL FROM told
        """

    /// Parameters: tokens, expected versions or NULL; of receipts as `told` says. Returns the version of each person
    /// that was found, and again of each that was deleted. The references delete the debts with their persons, and the
    /// payments with their debts.
    ///
    /// Only persons that the statement has locked, in the order of the tokens, are deleted. A person that is created
    /// meanwhile could otherwise be locked out of order.
    static let deleteSQL = """
        WITH found AS MATERIALIZED (
            SELECT token, version FROM person WHERE token = ANY ($1::bytea[]) ORDER BY token FOR UPDATE
        ), \(told(from: 3)), deleted AS (
            DELETE FROM person
            USING found
            JOIN unnest($1::bytea[], $2::bigint[]) AS given (token, expected) ON given.token = found.token
            WHERE person.token = ANY ($1::bytea[]) AND person.token = found.token
                AND (given.expected IS NULL OR found.version = given.expected)
                AND person.token NOT IN (SELECT token FROM told)
            RETURNING person.token, person.version
        ), remembered AS (
            INSERT INTO deleted_person (token, version) SELECT token, version FROM deleted
            ON CONFLICT (token) DO UPDATE SET version = excluded.version
        ), \(kept(from: 3, of: "deleted"))
        SELECT found.token, found.version, deleted.version
        FROM found LEFT JOIN deleted ON deleted.token = found.token
        """
}

/// The SQL of the key ring.
extension Statement {
    /// Whether a person has the data key of `given`, be it wrapped anew since it was read
    /// (`WrappedDataKey.isSameKey`).
    static let isSameKey = "substr(person.data_key, 6, 16) = substr(given.data_key, 6, 16)"

    /// Parameters: one cursor, one limit.
    static let dataKeysSQL = """
        SELECT token, data_key FROM person WHERE token > ($1::bytea[])[1] ORDER BY token LIMIT ($2::bigint[])[1]
        """

    /// Parameters: tokens, data keys as they were read, the same keys wrapped anew. Returns the tokens of the keys that
    /// were replaced.
    static let rewrapSQL = """
        UPDATE person SET data_key = given.rewrapped
        FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) AS given (token, former, rewrapped)
        WHERE person.token = ANY ($1::bytea[]) AND person.token = given.token AND person.data_key = given.former
        RETURNING person.token
        """

    /// Parameters: fingerprints. A row that is there stays; the next statement of the transaction reads it.
    static let bindKeyRingSQL = """
        INSERT INTO key_ring (fingerprint) SELECT * FROM unnest($1::bytea[]) ON CONFLICT DO NOTHING
        """
}
