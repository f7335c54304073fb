/// The SQL of persons and of the audit log.
extension Statement {
    /// Parameters: identifiers, instants, tokens, actions, purposes, requesters.
    static let auditSQL = """
        INSERT INTO audit (audit_id, at, token, action, purpose, requester)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::bytea[], $4::text[], $5::text[], $6::text[])
        """

    /// Parameters: tokens. Persons are the rows without a `debt_id`.
    ///
    /// One statement has one snapshot, so that persons fit their debts. The columns of a person are not repeated for
    /// each debt.
    static let readSQL = """
        SELECT token, NULL::uuid AS debt_id, 0::bigint AS position, identity AS content, version, created_at,
            updated_at, data_key, address
        FROM person WHERE token = ANY ($1::bytea[])
        UNION ALL
        SELECT token, debt_id, position, details, version, created_at, updated_at, NULL, NULL
        FROM debt WHERE token = ANY ($1::bytea[])
        """

    /// Parameters: of persons tokens, data keys, identities, addresses, instants; of debts tokens, identifiers,
    /// positions, details; of audit entries identifiers, instants, tokens, actions, purposes, requesters, one for each
    /// person. Returns the tokens of the created persons.
    static let createSQL = """
        WITH created AS (
            INSERT INTO person (token, data_key, identity, address, version, created_at, updated_at)
            SELECT token, data_key, identity, address, 1, at, at
            FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::timestamptz[])
                AS given (token, data_key, identity, address, at)
            ON CONFLICT DO NOTHING
            RETURNING token, created_at
        ), owed AS (
            INSERT INTO debt (token, debt_id, position, details, version, created_at, updated_at)
            SELECT token, debt_id, position, details, 1, created_at, created_at
            FROM unnest($6::bytea[], $7::uuid[], $8::bigint[], $9::bytea[])
                AS given (token, debt_id, position, details)
            JOIN created USING (token)
        ), recorded AS (
            INSERT INTO audit (audit_id, at, token, action, purpose, requester)
            SELECT audit_id, at, given.token, action, purpose, requester
            FROM unnest($1::bytea[], $10::uuid[], $11::timestamptz[], $12::bytea[], $13::text[], $14::text[],
                    $15::text[])
                AS given (person, audit_id, at, token, action, purpose, requester)
            JOIN created ON created.token = given.person
        )
        SELECT token FROM created
        """

    /// Parameters: tokens. Locks the persons for the rest of the transaction and returns their versions and data keys.
    ///
    /// The locks are taken in the order of the tokens, so that no two batches wait for each other in a circle. The
    /// writes that follow name the data key, so that they never touch a person that was created in between.
    static let lockSQL = """
        SELECT token, version, data_key FROM person WHERE token = ANY ($1::bytea[]) ORDER BY token FOR UPDATE
        """

    /// Parameters: tokens, data keys, expected versions, identities, addresses, instants.
    static let updateSQL = """
        UPDATE person
        SET identity = given.identity, address = given.address, version = person.version + 1, updated_at = given.at
        FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bytea[], $5::bytea[], $6::timestamptz[])
            AS given (token, data_key, expected, identity, address, at)
        WHERE person.token = ANY ($1::bytea[]) AND person.token = given.token
            AND person.data_key = given.data_key AND person.version = given.expected
        RETURNING person.token, person.version
        """

    /// Parameters: tokens, expected versions or NULL, and of audit entries identifiers, instants, tokens, actions,
    /// purposes, requesters. Returns the version of each person that was found, and again of each that was deleted.
    /// The reference deletes the debts with their persons.
    ///
    /// Only persons that the statement has locked, in the order of the tokens, are deleted. A person that is created
    /// meanwhile could otherwise be locked out of order.
    static let deleteSQL = """
        WITH found AS MATERIALIZED (
            SELECT token, version FROM person WHERE token = ANY ($1::bytea[]) ORDER BY token FOR UPDATE
        ), deleted AS (
            DELETE FROM person
            USING found
            JOIN unnest($1::bytea[], $2::bigint[]) AS given (token, expected) ON given.token = found.token
            WHERE person.token = ANY ($1::bytea[]) AND person.token = found.token
                AND (given.expected IS NULL OR found.version = given.expected)
            RETURNING person.token, person.version
        ), recorded AS (
            INSERT INTO audit (audit_id, at, token, action, purpose, requester)
            SELECT audit_id, at, given.token, action, purpose, requester
            FROM unnest($1::bytea[], $3::uuid[], $4::timestamptz[], $5::bytea[], $6::text[], $7::text[], $8::text[])
                AS given (person, audit_id, at, token, action, purpose, requester)
            JOIN deleted ON deleted.token = given.person
        )
        SELECT found.token, found.version, deleted.version
        FROM found LEFT JOIN deleted ON deleted.token = found.token
        """
}

/// The SQL of debts.
///
/// The statement `lock` goes first, so that the persons stay as they were found. Each written debt also counts as a
/// write of its person.
extension Statement {
    /// Parameters: tokens, debt identifiers. Returns the versions of the debts that were found.
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

/// The SQL of the key ring.
extension Statement {
    /// Parameters: fingerprints. A row that is there stays; the next statement of the transaction reads it.
    static let bindKeyRingSQL = """
        INSERT INTO key_ring (fingerprint) SELECT * FROM unnest($1::bytea[]) ON CONFLICT DO NOTHING
        """
}
