/// The SQL of new data keys.
///
/// The statement `lock` goes first: whoever writes what is sealed under a person's data key has locked the person. A
/// person that is as it was read gets the new data key, and the values that follow go where that key is.
extension Statement {
    static let resealingMarkSQL = "SELECT generation, begun_at FROM data_key_generation"

    /// Parameters: the generations and the instants of the beginning, each the new one and the former one. Returns the
    /// new generation when the former mark was there.
    static let setResealingMarkSQL = """
        UPDATE data_key_generation SET generation = ($1::bigint[])[1], begun_at = ($2::timestamptz[])[1]
        WHERE generation = ($1::bigint[])[2] AND begun_at IS NOT DISTINCT FROM ($2::timestamptz[])[2]
        RETURNING generation
        """

    /// Parameters: tokens. Returns the number of payments of those who have any.
    static let paymentCountsSQL = """
        SELECT token, count(*) FROM payment WHERE token = ANY ($1::bytea[]) GROUP BY token
        """

    static let highestEncryptionCountSQL = "SELECT coalesce(max(encryptions), 0) FROM person"

    /// Parameters: tokens.
    static let sealedPaymentsSQL = """
        SELECT token, debt_id, payment_key, position, version, details FROM payment WHERE token = ANY ($1::bytea[])
        """
    static let sealedConsentsSQL = """
        SELECT token, consent_id, details, granted_at FROM consent WHERE token = ANY ($1::bytea[])
        """
    static let sealedRequestsSQL = """
        SELECT token, request_id, details, received_at FROM request
        WHERE token = ANY ($1::bytea[]) AND details IS NOT NULL
        """

    /// Parameters: tokens, data keys and versions as they were read; the numbers of payments, the sums of their
    /// versions, the numbers of consents and of requests with details as they were read; new data keys, identities,
    /// addresses, states, encryptions under the new data keys. Returns the tokens of the persons with new data keys.
    static let resealPersonsSQL = """
        UPDATE person SET data_key = given.data_key, identity = given.identity, address = given.address,
            state = given.state, encryptions = given.encryptions
        FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bigint[])
            AS given (token, former, version, payments, payment_versions, consents, requests, data_key, identity,
                address, state, encryptions)
        WHERE person.token = ANY ($1::bytea[]) AND person.token = given.token AND person.data_key = given.former
            AND person.version = given.version
            AND (SELECT count(*) FROM payment WHERE payment.token = given.token) = given.payments
            AND (SELECT coalesce(sum(payment.version), 0) FROM payment WHERE payment.token = given.token)
                = given.payment_versions
            AND (SELECT count(*) FROM consent WHERE consent.token = given.token) = given.consents
            AND (SELECT count(*) FROM request WHERE request.token = given.token AND details IS NOT NULL)
                = given.requests
        RETURNING person.token
        """

    /// Parameters: tokens, new data keys, identifiers, details.
    ///
    /// The rows to write are made first, and drive the search of the table: a plan that were free to begin with the
    /// table would compare each of a person's rows with each value.
    static let resealDebtsSQL = reseal("debt", "debt_id")
    static let resealConsentsSQL = reseal("consent", "consent_id")
    static let resealRequestsSQL = reseal("request", "request_id")

    private static func reseal(_ table: String, _ identifier: String) -> String {
        """
        WITH given AS MATERIALIZED (
            SELECT given.token, given.id, given.details
            FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bytea[]) AS given (token, data_key, id, details)
            JOIN person ON person.token = given.token AND person.data_key = given.data_key
            WHERE person.token = ANY ($1::bytea[])
        )
        UPDATE \(table) SET details = given.details FROM given
        WHERE \(table).token = given.token AND \(table).\(identifier) = given.id
        """
    }

    /// Parameters: tokens, new data keys, debt identifiers, details, payment keys, positions.
    ///
    /// A row is named by both of its keys, so that each index of the table finds it alone.
    static let resealPaymentsSQL = """
        WITH given AS MATERIALIZED (
            SELECT given.token, given.debt_id, given.details, given.payment_key, given.position
            FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bytea[], $5::uuid[], $6::bigint[])
                AS given (token, data_key, debt_id, details, payment_key, position)
            JOIN person ON person.token = given.token AND person.data_key = given.data_key
            WHERE person.token = ANY ($1::bytea[])
        )
        UPDATE payment SET details = given.details FROM given
        WHERE payment.token = given.token AND payment.debt_id = given.debt_id
            AND payment.payment_key = given.payment_key AND payment.position = given.position
        """
}
