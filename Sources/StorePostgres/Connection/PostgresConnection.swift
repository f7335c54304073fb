import CLibpq
import Glibc
import Platform
import Repositories

/// A session with a PostgreSQL server. Only this type touches a `PGconn`; a session belongs to the thread that made it.
final class PostgresConnection {
    let handle: OpaquePointer
    let pooler: PostgresURL.Pooler
    /// What the server has said outside any query.
    private let farewell = Farewell()

    /// Logs in. Blocks until one of the URL's hosts has answered, at most `connect_timeout` for each.
    init(_ url: PostgresURL, limits: PostgresLimits) throws(PostgresFailure) {
        guard url.isWellFormed else { throw .badURL }
        pooler = url.pooler
        var login = PostgresLogin(url, limits)
        handle = try login.logIn()
        // libpq prints notices to stderr unless told otherwise, and they may quote values.
        PQsetNoticeReceiver(
            handle,
            { farewell, notice in
                guard let farewell, let notice else { return }
                Unmanaged<Farewell>.fromOpaque(farewell).takeUnretainedValue().hear(notice)
            }, Unmanaged.passUnretained(farewell).toOpaque())
    }

    deinit {
        PQfinish(handle)
    }

    /// The connection is lost, or the server has announced its end.
    var isBroken: Bool { PQstatus(handle) == CONNECTION_BAD || farewell.state != nil }

    /// The state with which the server has ended the session while no query was in flight; nil when it did not say.
    var endState: SQLState? { farewell.state }

    /// Why the server has ended the session while no query was in flight; nil when it did not say.
    var endReason: StoreReason? { endState?.reason }

    var socket: Int32 { PQsocket(handle) }

    /// The server's name for its version, such as `15.18 (Debian 15.18-0+deb12u1)`.
    var serverVersion: String? { PQparameterStatus(handle, "server_version").map { String(cString: $0) } }

    var isEncrypted: Bool { PQsslInUse(handle) != 0 || PQgssEncInUse(handle) != 0 }

    /// Waits until the server has sent bytes, or takes bytes when `toWrite` asks for that; false at `deadline`.
    func wait(toWrite: Bool, until deadline: ContinuousClock.Instant) -> Bool {
        FileDescriptor(socket).wait(for: POLLIN | (toWrite ? POLLOUT : 0), until: deadline)
    }

    /// Reads whether the server has ended the session; only for a session without a query in flight.
    ///
    /// A server says so in a notice of severity FATAL, and closes the connection. A query that is sent after that is
    /// lost without a reply.
    func hasEnded() -> Bool {
        guard FileDescriptor(socket).wait(for: POLLIN, until: .now) else { return isBroken }
        guard PQconsumeInput(handle) == 1 else { return true }
        // The end of the stream shows only when the notice before it is read.
        _ = PQisBusy(handle)
        return isBroken
    }

    /// The notice by which a server ends a session.
    private final class Farewell {
        private(set) var state: SQLState?

        func hear(_ notice: OpaquePointer) {
            let severity = PQresultErrorField(notice, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
            if severity == "FATAL" || severity == "PANIC" { state = SQLState(of: notice) ?? SQLState("57P01") }
        }
    }
}

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

    /// Returns the rows of one query. At `deadline` it has the server end the query, and throws `silent`; the session
    /// can be used again unless `isBroken` is true.
    func rows(_ sql: String, until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> ResultTable {
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw .lost }
        return try reply(until: deadline)
    }

    /// Returns the rows of one of the daemon's statements. Throws at `deadline` as the other function does.
    func rows(
        _ bound: BoundStatement, until deadline: ContinuousClock.Instant
    ) throws(PostgresFailure) -> ResultTable {
        guard sendUnprepared(bound) else { throw .lost }
        return try reply(until: deadline)
    }

    private func reply(until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> ResultTable {
        while PQisBusy(handle) == 1 {
            guard wait(toWrite: false, until: deadline) else {
                endQuery()
                throw .silent
            }
            guard PQconsumeInput(handle) == 1 else { throw .lost }
        }
        let result = PQgetResult(handle)
        // A query has one result and a NULL after it, for which nothing more has to arrive.
        if let extra = PQgetResult(handle) { PQclear(extra) }
        return try take(result)
    }

    /// Has the server end the query in flight, so that no session works on for a client that has gone. Blocks until
    /// the server has replied or cannot be reached.
    func endQuery() {
        guard let request = CancelRequest(self, whenOver: {}), request.start() else { return }
        let deadline = ContinuousClock.now + .seconds(1)
        while PQisBusy(handle) == 1 {
            guard wait(toWrite: false, until: deadline), PQconsumeInput(handle) == 1 else { return }
        }
        while PQisBusy(handle) == 0, let result = PQgetResult(handle) { PQclear(result) }
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

/// Why a session could not be opened, or a query outside the pipeline failed. No case holds a secret or a value.
enum PostgresFailure: Error, Sendable {
    case badURL
    case outOfMemory
    /// No host could be reached, or each refused.
    case loginFailed(StoreReason)
    /// The server refused a query. The message is the server's sentence without its details, which quote rows.
    case refused(SQLState, message: String)
    case lost
    /// The server did not reply in time.
    case silent
    /// A step of a migration ended the transaction that it ran in, and could not be undone any more.
    case transactionEnded
    case unreadableMigrations
    /// Something between here and the server gives its sessions out by transaction, and the URL does not say so.
    case unnamedPooler

    /// A sentence for an operator.
    var sentence: String {
        switch self {
        case .badURL: "libpq cannot read the URL"
        case .outOfMemory: "out of memory"
        case .loginFailed(let reason): reason.detail
        case .refused(let state, let message): "\(message) (SQLSTATE \(state))"
        case .lost: "the connection was lost"
        case .silent: "PostgreSQL does not reply"
        case .transactionEnded: "the step's SQL ends its transaction, which is the migrator's to do"
        case .unreadableMigrations: "the table creditd_migration has another shape"
        case .unnamedPooler:
            "a pooler shares PostgreSQL's sessions out by transaction, and the URL does not say pooler=transaction"
        }
    }

    /// Whether a server that was there ended the session: at an administrator's or a supervisor's word, or without
    /// one after the login.
    var isEndOfSession: Bool {
        if case .lost = self { true } else { reason.code == "57P01" }
    }

    /// Why the store cannot serve.
    var reason: StoreReason {
        switch self {
        case .loginFailed(let reason): reason
        // The server names the table, and no value.
        case .refused(let state, let message) where state.isMissingRight:
            StoreReason(state.cause, code: state.description, message)
        case .refused(let state, _): state.reason
        case .lost: StoreReason(.unreachable, code: "ECONNRESET", sentence)
        case .silent: StoreReason(.unreachable, code: "ETIMEDOUT", sentence)
        case .badURL, .outOfMemory, .transactionEnded, .unreadableMigrations, .unnamedPooler:
            StoreReason(.failed, sentence)
        }
    }
}

extension PostgresURL {
    /// Whether libpq can read the URL. libpq's complaint is dropped, because it quotes the URL, password and all.
    fileprivate var isWellFormed: Bool {
        guard let options = PQconninfoParse(text, nil) else { return false }
        PQconninfoFree(options)
        return true
    }
}

/// Lends C strings in an array that ends with NULL.
func withCStrings<R>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) } + [nil])
}
