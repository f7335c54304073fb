import CLibpq
import Glibc

/// Questions outside the pipeline, for the start of a session, for `health()` and for migrations.
extension Connection {
    /// Carries out SQL that returns no rows of interest. Several statements may be in it.
    func run(_ sql: String) throws(QueryFailure) {
        _ = try take(PQexec(handle, sql))
    }

    /// Asks one question with text parameters, for rows in binary format. Blocks as long as the server takes.
    func rows(_ sql: String, _ parameters: [String] = []) throws(QueryFailure) -> ResultTable {
        try take(
            withCStrings(parameters) { values in
                PQexecParams(handle, sql, Int32(parameters.count), nil, values, nil, nil, 1)
            })
    }

    /// The same, and gives up at `deadline`; the session is of no use then.
    func rows(_ sql: String, until deadline: ContinuousClock.Instant) throws(QueryFailure) -> ResultTable {
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw QueryFailure.lost }
        while PQisBusy(handle) == 1 {
            guard wait(toWrite: false, until: deadline), PQconsumeInput(handle) == 1 else { throw QueryFailure.lost }
        }
        let result = PQgetResult(handle)
        // A question has one result and the NULL after it, for which nothing more has to arrive.
        if let extra = PQgetResult(handle) { PQclear(extra) }
        return try take(result)
    }

    private func take(_ result: OpaquePointer?) throws(QueryFailure) -> ResultTable {
        guard let result else { throw .lost }
        let table = ResultTable(owning: result)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return table
        default: throw QueryFailure(result)
        }
    }
}

extension QueryFailure {
    fileprivate init(_ result: OpaquePointer) {
        guard let state = SQLState(of: result) else {
            self = .lost
            return
        }
        let text = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
        self.init(state: state, message: text ?? "no reason given")
    }
}

extension SQLState {
    /// The state that a server gave; nil for what libpq itself reports, such as a lost connection.
    init?(of result: OpaquePointer) {
        guard let text = PQresultErrorField(result, Int32(UInt8(ascii: "C"))) else { return nil }
        self.init(String(cString: text))
    }
}
