import CLibpq
import Glibc
import Platform

/// A session with a PostgreSQL server. Only this type touches a `PGconn`; a session belongs to the thread that made it.
final class PostgresConnection {
    let handle: OpaquePointer

    /// Logs in. Blocks until one of the URL's hosts has answered, at most `connect_timeout` for each.
    init(_ url: PostgresURL, limits: PostgresLimits) throws(PostgresFailure) {
        guard url.isWellFormed else { throw .badURL }
        guard let handle = Self.connect(url, limits) else { throw .outOfMemory }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else {
            throw .loginFailed(reason: Self.reason(handle))
        }
        // libpq prints notices to stderr unless told otherwise, and they may quote values.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
    }

    deinit {
        PQfinish(handle)
    }

    var isBroken: Bool { PQstatus(handle) == CONNECTION_BAD }

    var socket: Int32 { PQsocket(handle) }

    /// The server's name for its version, such as `15.18 (Debian 15.18-0+deb12u1)`.
    var serverVersion: String? { PQparameterStatus(handle, "server_version").map { String(cString: $0) } }

    var isEncrypted: Bool { PQsslInUse(handle) != 0 || PQgssEncInUse(handle) != 0 }

    /// Waits until the server has sent bytes, or takes bytes when `toWrite` asks for that; false at `deadline`.
    func wait(toWrite: Bool, until deadline: ContinuousClock.Instant) -> Bool {
        FileDescriptor(socket).wait(for: POLLIN | (toWrite ? POLLOUT : 0), until: deadline)
    }

    private static func connect(_ url: PostgresURL, _ limits: PostgresLimits) -> OpaquePointer? {
        // The URL overrides the options before it, and the options after it override the URL.
        var options = [
            ("fallback_application_name", "creditd"), ("keepalives_idle", "10"), ("keepalives_interval", "3"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "\(Int(limits.silenceTimeout / .milliseconds(1)))"),
        ]
        if getenv("PGCONNECT_TIMEOUT") == nil {
            options.append(("connect_timeout", String(limits.connectTimeoutSeconds)))
        }
        options += [("dbname", url.text), ("client_encoding", "UTF8")]
        return withCStrings(options.map(\.0)) { keywords in
            withCStrings(options.map(\.1)) { values in PQconnectdbParams(keywords, values, 1) }
        }
    }

    /// libpq's first line, unless it holds the password or a part of the URL, which may have a password in it.
    private static func reason(_ handle: OpaquePointer) -> String {
        let message = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let line = message.prefix { $0 != "\n" }
        let password = PQpass(handle).map { String(cString: $0) } ?? ""
        let holdsSecret = (!password.isEmpty && line.contains(password)) || line.contains("://")
        return line.isEmpty || holdsSecret ? "the login failed" : String(line)
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

/// Why a session could not be opened, or a query outside the pipeline failed. No case holds a secret or a value.
enum PostgresFailure: Error {
    case badURL
    case outOfMemory
    /// No host could be reached, or each refused. The reason is libpq's own sentence.
    case loginFailed(reason: String)
    /// The server refused a query. The message is the server's sentence without its details, which quote rows.
    case refused(SQLState, message: String)
    case lost
    /// A step of a migration ended the transaction that it ran in, and could not be undone any more.
    case transactionEnded
    case unreadableMigrations

    var reason: String {
        switch self {
        case .badURL: "libpq cannot read the URL"
        case .outOfMemory: "out of memory"
        case .loginFailed(let reason): reason
        case .refused(let state, let message): "\(message) (SQLSTATE \(state))"
        case .lost: "the connection was lost"
        case .transactionEnded: "the step's SQL ends its transaction, which is the migrator's to do"
        case .unreadableMigrations: "the table creditd_migration has another shape"
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
