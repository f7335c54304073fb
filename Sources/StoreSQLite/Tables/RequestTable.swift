import Bureau
import GRDB
import Repositories

/// Reads and writes base A's `request` rows, on one connection.
struct RequestTable {
    private let opening: PreparedStatement
    private let finishing: PreparedStatement
    private let page: PreparedStatement
    private let openPage: PreparedStatement
    private let everyPage: PreparedStatement

    init(_ db: Database) throws {
        let columns = "request_id, token, kind, debt_id, received_at, late_from, details, done_at, outcome"
        opening = try PreparedStatement(
            """
            INSERT INTO request (\(columns), is_key_checked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)
            ON CONFLICT DO NOTHING
            """, on: db)
        finishing = try PreparedStatement(
            "UPDATE request SET done_at = ?3, outcome = ?4 WHERE request_id = ?1 AND token = ?2 AND done_at IS NULL",
            on: db)
        page = try PreparedStatement(
            """
            SELECT \(columns) FROM request WHERE token = ?1 AND (?2 IS NULL OR kind = ?2)
                AND (?3 IS NULL OR request_id < ?3)
            ORDER BY request_id DESC LIMIT ?4
            """, on: db)
        func duePage(_ condition: String) -> String {
            """
            SELECT \(columns) FROM request
            WHERE \(condition) AND late_from > ?1 AND late_from <= ?2 AND (late_from, request_id) > (?3, ?4)
            ORDER BY late_from, request_id LIMIT ?5
            """
        }
        openPage = try PreparedStatement(duePage("done_at IS NULL"), on: db)
        everyPage = try PreparedStatement(duePage("true"), on: db)
    }

    /// Opens or finishes a request.
    func apply(_ filing: RequestFiling) throws -> WriteOutcome {
        switch filing {
        case .open(let record, _):
            let opened = try opening.run(
                record.requestID, record.token, record.kind, record.debtID, record.receivedAt, record.lateFrom,
                record.details, record.completion?.at, record.completion?.outcome)
            return opened == 1 ? .written(version: 1) : .alreadyExists
        case .finish(let token, let requestID, let completion):
            let finished = try finishing.run(requestID, token, completion.at, completion.outcome)
            return finished == 1 ? .written(version: 1) : .notFound
        }
    }

    /// Opens or finishes a request for the sake of a write, if that has taken place.
    func apply(_ filing: RequestFiling?, after outcome: WriteOutcome) throws {
        if let filing, case .written = outcome { _ = try apply(filing) }
    }

    func page(_ query: RequestQuery) throws -> [RequestRecord] {
        try page.all(query.token, query.kind, query.before, query.limit, read: Self.record)
    }

    func page(_ query: DueQuery) throws -> [RequestRecord] {
        let statement = query.state == .all ? everyPage : openPage
        return try statement.all(
            query.state == .due ? query.now : Instant.first, query.state == .late ? query.now : Instant.last,
            query.after?.lateFrom ?? .first, query.after?.requestID ?? RecordID(high: 0, low: 0), query.limit,
            read: Self.record)
    }

    private static func record(_ row: SQLiteRow) throws -> RequestRecord {
        var completion: RequestCompletion?
        if !row.isNull(7) { completion = RequestCompletion(at: try row.value(7), outcome: try row.value(8)) }
        return RequestRecord(
            requestID: try row.value(0), token: try row.value(1), kind: try row.value(2), debtID: try row.value(3),
            receivedAt: try row.value(4), lateFrom: try row.value(5), details: try row.value(6),
            completion: completion)
    }
}
