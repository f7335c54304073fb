/// The SQL of requests, consents and registers.
///
/// A request that is opened or finished for the sake of a write of its person follows that write in the same
/// transaction, and looks for a sign that the write took place: sealed bytes are never the same twice.
extension Statement {
    /// Whether the write that a filing belongs to took place; true for a filing on its own.
    private static let hasTakenPlace = """
        (given.identity IS NULL OR EXISTS (
            SELECT FROM person WHERE person.token = given.token AND person.identity = given.identity
        )) AND (given.details_sign IS NULL OR EXISTS (
            SELECT FROM debt WHERE debt.token = given.token AND debt.debt_id = given.debt_sign
                AND debt.details = given.details_sign
        )) AND (given.key_sign IS NULL OR EXISTS (
            SELECT FROM person WHERE person.token = given.token
                AND substr(person.data_key, 6, 16) = substr(given.key_sign, 6, 16)
        ) AND NOT EXISTS (
            SELECT FROM debt WHERE debt.token = given.token AND debt.debt_id = given.debt_sign
        ))
        """

    /// Whether the person has the data key of `given`; true without a data key.
    private static let isSealedForPerson = """
        (given.data_key IS NULL OR EXISTS (
            SELECT FROM person WHERE person.token = given.token AND \(isSameKey)
        ))
        """

    /// Parameters: tokens, request identifiers; signs as identities, debt identifiers, details, data keys; kinds, debt
    /// identifiers, instants of receipt and of lateness, details, instants of the end, outcomes, data keys of details
    /// or NULL. Returns the tokens of the requests that were opened, each with 1.
    static let openRequestsSQL = """
        INSERT INTO request
            (token, request_id, kind, debt_id, received_at, late_from, details, done_at, outcome, is_key_checked)
        SELECT given.token, given.request_id, given.kind, given.debt_id, given.received_at, given.late_from,
            given.details, given.done_at, given.outcome, true
        FROM unnest($1::bytea[], $2::uuid[], $3::bytea[], $4::uuid[], $5::bytea[], $6::bytea[], $7::text[],
                $8::uuid[], $9::timestamptz[], $10::timestamptz[], $11::bytea[], $12::timestamptz[], $13::text[],
                $14::bytea[])
            AS given (token, request_id, identity, debt_sign, details_sign, key_sign, kind, debt_id, received_at,
                late_from, details, done_at, outcome, data_key)
        WHERE NOT EXISTS (SELECT FROM tombstone WHERE tombstone.token = given.token) AND \(hasTakenPlace)
            AND \(isSealedForPerson)
        ON CONFLICT DO NOTHING
        RETURNING token, 1::bigint
        """

    /// Parameters: tokens, data keys of requests' details. Counts their encryptions.
    static let countDetailsSQL = """
        UPDATE person SET encryptions = person.encryptions + 1
        FROM unnest($1::bytea[], $2::bytea[]) AS given (token, data_key)
        WHERE person.token = ANY ($1::bytea[]) AND person.token = given.token AND \(isSameKey)
        """

    /// Parameters: tokens, request identifiers; signs as above; instants of the end, outcomes. Returns the tokens of
    /// the requests that ended, each with 1.
    static let finishRequestsSQL = """
        UPDATE request SET done_at = given.done_at, outcome = given.outcome
        FROM unnest($1::bytea[], $2::uuid[], $3::bytea[], $4::uuid[], $5::bytea[], $6::bytea[], $7::timestamptz[],
                $8::text[])
            AS given (token, request_id, identity, debt_sign, details_sign, key_sign, done_at, outcome)
        WHERE request.request_id = ANY ($2::uuid[]) AND request.request_id = given.request_id
            AND request.token = given.token AND request.done_at IS NULL AND \(hasTakenPlace)
        RETURNING request.token, 1::bigint
        """

    private static let requestColumns =
        "request_id, token, kind, debt_id, received_at, late_from, details, done_at, outcome"

    /// Parameters: tokens, kinds or NULL, identifiers below which to look or NULL, numbers of requests. Returns the
    /// newest requests of each subject, with the number of the query from 1 on, in any order.
    static let requestPageSQL = """
        SELECT given.number, page.*
        FROM unnest($1::bytea[], $2::text[], $3::uuid[], $4::bigint[]) WITH ORDINALITY
            AS given (token, kind, before, count, number)
        CROSS JOIN LATERAL (
            SELECT \(requestColumns) FROM request
            WHERE request.token = given.token AND (given.kind IS NULL OR request.kind = given.kind)
                AND (given.before IS NULL OR request.request_id < given.before)
            ORDER BY request_id DESC LIMIT given.count
        ) AS page
        """

    /// Parameters: numbers of the queries, instants from and up to which a term ends or NULL, positions as instants and
    /// identifiers or NULL, numbers of requests. Returns requests as above, the first to become late first.
    static let openRequestPageSQL = duePage(where: "request.done_at IS NULL")
    static let everyRequestPageSQL = duePage(where: "true")

    private static func duePage(where condition: String) -> String {
        """
        SELECT given.number, page.*
        FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::uuid[], $6::bigint[])
            AS given (number, first, last, after_instant, after_id, count)
        CROSS JOIN LATERAL (
            SELECT \(requestColumns) FROM request
            WHERE \(condition) AND request.late_from > coalesce(given.first, '-infinity')
                AND request.late_from <= coalesce(given.last, 'infinity')
                AND (request.late_from, request.request_id)
                    > (coalesce(given.after_instant, '-infinity'),
                        coalesce(given.after_id, '00000000-0000-0000-0000-000000000000'))
            ORDER BY late_from, request_id LIMIT given.count
        ) AS page
        """
    }

    /// Parameters: tokens, data keys, consent identifiers, details, instants. Returns the tokens of the persons whose
    /// consents were kept, each with 1.
    static let grantConsentsSQL = """
        WITH granted AS (
            INSERT INTO consent (token, consent_id, details, granted_at)
            SELECT person.token, given.consent_id, given.details, given.at
            FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bytea[], $5::timestamptz[])
                AS given (token, data_key, consent_id, details, at)
            JOIN person ON person.token = given.token AND \(isSameKey)
            WHERE person.token = ANY ($1::bytea[])
            RETURNING token
        ), counted AS (
            UPDATE person SET encryptions = person.encryptions + 1 FROM granted
            WHERE person.token = ANY ($1::bytea[]) AND person.token = granted.token
        )
        SELECT token, 1::bigint FROM granted
        """

    /// Parameters: tokens, consent identifiers, instants. Returns the tokens of the persons whose consents ended, each
    /// with 1.
    static let revokeConsentsSQL = """
        UPDATE consent SET revoked_at = given.at
        FROM unnest($1::bytea[], $2::uuid[], $3::timestamptz[]) AS given (token, consent_id, at)
        WHERE consent.token = ANY ($1::bytea[]) AND consent.token = given.token
            AND consent.consent_id = given.consent_id AND consent.revoked_at IS NULL
        RETURNING consent.token, 1::bigint
        """

    /// Parameters: tokens, identifiers below which to look or NULL, numbers of consents. Returns the newest consents of
    /// each person, with the number of the query from 1 on, in any order.
    static let consentPageSQL = """
        SELECT given.number, page.consent_id, page.details, page.granted_at, page.revoked_at
        FROM unnest($1::bytea[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS given (token, before, count, number)
        CROSS JOIN LATERAL (
            SELECT consent_id, details, granted_at, revoked_at FROM consent
            WHERE consent.token = given.token AND (given.before IS NULL OR consent.consent_id < given.before)
            ORDER BY consent_id DESC LIMIT given.count
        ) AS page
        """

    /// Parameters: tokens, instants, data keys of the requests' details or NULL. Closes registers; one that is closed
    /// already keeps its instant.
    static let cancelCadastrosSQL = """
        INSERT INTO cadastro (token, cancelled_at)
        SELECT token, at FROM unnest($1::bytea[], $2::timestamptz[], $3::bytea[]) AS given (token, at, data_key)
        WHERE NOT EXISTS (SELECT FROM tombstone WHERE tombstone.token = given.token) AND \(isSealedForPerson)
        ORDER BY token
        ON CONFLICT (token) DO UPDATE SET cancelled_at = excluded.cancelled_at, reopened_at = NULL
        WHERE cadastro.reopened_at IS NOT NULL
        """

    /// Parameters as above. Opens the registers that are closed.
    static let reopenCadastrosSQL = """
        UPDATE cadastro SET reopened_at = given.at
        FROM unnest($1::bytea[], $2::timestamptz[], $3::bytea[]) AS given (token, at, data_key)
        WHERE cadastro.token = ANY ($1::bytea[]) AND cadastro.token = given.token AND cadastro.reopened_at IS NULL
            AND \(isSealedForPerson)
        """

    /// Parameters: tokens. Returns the registers that were ever closed.
    static let cadastrosSQL = "SELECT token, cancelled_at, reopened_at FROM cadastro WHERE token = ANY ($1::bytea[])"

    /// Parameters: a token or nothing, a number. Returns that many subjects with closed registers after the token, in
    /// their order.
    static let closedCadastrosSQL = """
        SELECT token FROM cadastro WHERE token > ($1::bytea[])[1] AND reopened_at IS NULL
        ORDER BY token LIMIT ($2::bigint[])[1]
        """
}
