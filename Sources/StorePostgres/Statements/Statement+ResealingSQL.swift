/// The SQL of new data keys.
///
/// The statement `lock` goes first: whoever writes what is sealed under a person's data key has locked the person. A
/// person that is as it was read gets the new data key, and the values that follow go where that key is.
extension Statement {
    static let resealingMarkSQL = "SELECT generation, is_complete::int::bigint FROM data_key_generation"

    /// Parameters: the generations and the marks of completeness (1 or 0), each the new one and the former one. Returns
    /// the new generation when the former mark was there.
    static let setResealingMarkSQL = """
        UPDATE data_key_generation SET generation = ($1::bigint[])[1], is_complete = ($2::bigint[])[1] = 1
        WHERE generation = ($1::bigint[])[2] AND is_complete = (($2::bigint[])[2] = 1)
        RETURNING generation
        """

    /// Parameters: tokens. Returns the number of payments of those who have any.
    static let paymentCountsSQL = """
        SELECT token, count(*) FROM payment WHERE token = ANY ($1::bytea[]) GROUP BY token
        """

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
    static let resealDebtsSQL = reseal("debt", "debt_id")
    static let resealConsentsSQL = reseal("consent", "consent_id")
    static let resealRequestsSQL = reseal("request", "request_id")

    private static func reseal(_ table: String, _ identifier: String) -> String {
        """
        UPDATE \(table) SET details = given.details
        FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bytea[]) AS given (token, data_key, id, details)
        JOIN person ON person.token = given.token AND person.data_key = given.data_key
        WHERE \(table).token = ANY ($1::bytea[]) AND person.token = ANY ($1::bytea[])
            AND \(table).token = given.token AND \(table).\(identifier) = given.id
        """
    }

    /// Parameters: tokens, new data keys, debt identifiers, details, positions.
    static let resealPaymentsSQL = """
        UPDATE payment SET details = given.details
        FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bytea[], $5::bigint[])
            AS given (token, data_key, debt_id, details, position)
        JOIN person ON person.token = given.token AND person.data_key = given.data_key
        WHERE payment.token = ANY ($1::bytea[]) AND person.token = ANY ($1::bytea[])
            AND payment.token = given.token AND payment.debt_id = given.debt_id
            AND payment.position = given.position
        """
}
