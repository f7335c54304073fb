import CLibpq
import Glibc

/// A session with a PostgreSQL server. The only type that touches a `PGconn`; it belongs to the thread that made it.
final class Connection {
    let handle: OpaquePointer

    /// Logs in. Blocks until libpq has an answer of one of the URL's hosts, or has waited `connect_timeout` for each.
    init(_ url: ConnectionURL, limits: PostgresLimits) throws(ConnectFailure) {
        guard url.isWellFormed else { throw .badURL }
        guard let handle = Self.connect(url, limits) else { throw .outOfMemory }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else {
            throw .refused(reason: Self.reason(handle, url))
        }
        // libpq prints notices to stderr unless told otherwise, and they may quote values.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
    }

    deinit {
        PQfinish(handle)
    }

    var isBroken: Bool { PQstatus(handle) == CONNECTION_BAD }

    var socket: Int32 { PQsocket(handle) }

    /// The server's version as it calls itself, such as `15.18 (Debian 15.18-0+deb12u1)`.
    var serverVersion: String? { PQparameterStatus(handle, "server_version").map { String(cString: $0) } }

    var isEncrypted: Bool { PQsslInUse(handle) != 0 || PQgssEncInUse(handle) != 0 }

    private static func connect(_ url: ConnectionURL, _ limits: PostgresLimits) -> OpaquePointer? {
        // The URL stands in the middle: what is before it is a default, what is after it holds.
        var options = [
            ("fallback_application_name", "creditd"), ("keepalives_idle", "10"), ("keepalives_interval", "3"),
            ("keepalives_count", "3"), ("tcp_user_timeout", String(limits.silenceMilliseconds)),
        ]
        if getenv("PGCONNECT_TIMEOUT") == nil {
            options.append(("connect_timeout", String(limits.connectTimeoutSeconds)))
        }
        options += [("dbname", url.text), ("client_encoding", "UTF8")]
        return withCStrings(options.map(\.0)) { keywords in
            withCStrings(options.map(\.1)) { values in PQconnectdbParams(keywords, values, 1) }
        }
    }

    /// libpq's first line, unless it holds the password, or any of the URL, which may have one in it.
    private static func reason(_ handle: OpaquePointer, _ url: ConnectionURL) -> String {
        let message = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let line = message.prefix { $0 != "\n" }
        let password = PQpass(handle).map { String(cString: $0) } ?? ""
        let holdsSecret = (!password.isEmpty && line.contains(password)) || line.contains("://")
        return line.isEmpty || holdsSecret ? "the login failed" : String(line)
    }
}

/// Why no session could be had.
enum ConnectFailure: Error {
    case badURL
    case outOfMemory
    /// No host could be reached, or each refused; in libpq's words, without secrets.
    case refused(reason: String)

    var reason: String {
        switch self {
        case .badURL: "libpq cannot read the URL"
        case .outOfMemory: "out of memory"
        case .refused(let reason): reason
        }
    }
}

extension ConnectionURL {
    /// Whether libpq can read the URL. Its complaint about one that it cannot read quotes it, password and all, so the
    /// complaint is not kept.
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
