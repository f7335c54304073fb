import CLibpq

/// Queries outside the pipeline, for `health()` and for migrations.
extension PostgresConnection {
    /// Carries out one or several statements and drops their rows.
    func run(_ sql: String) throws(PostgresFailure) {
        _ = try take(PQexec(handle, sql))
    }

    /// Returns the rows of one query with text parameters. Blocks as long as the server takes.
    func rows(_ sql: String, _ parameters: [String] = []) throws(PostgresFailure) -> ResultTable {
        try take(
            withCStrings(parameters) { values in
                PQexecParams(handle, sql, Int32(parameters.count), nil, values, nil, nil, 1)
            })
    }

    /// Returns the rows of one query, or throws at `deadline`; the session must not be used any more then.
    func rows(_ sql: String, until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> ResultTable {
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw .lost }
        while PQisBusy(handle) == 1 {
            guard wait(toWrite: false, until: deadline), PQconsumeInput(handle) == 1 else { throw .lost }
        }
        let result = PQgetResult(handle)
        // A query has one result and a NULL after it, for which nothing more has to arrive.
        if let extra = PQgetResult(handle) { PQclear(extra) }
        return try take(result)
    }

    private func take(_ result: OpaquePointer?) throws(PostgresFailure) -> ResultTable {
        guard let result else { throw .lost }
        let table = ResultTable(owning: result)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return table
        default:
            guard let state = SQLState(of: result) else { throw .lost }
            let text = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
            throw .refused(state, message: text ?? "no reason given")
        }
    }
}
