import Bureau
import Repositories

/// The URL of base A's PostgreSQL: libpq's own URL, and parameters of this program's, which libpq does not get.
///
/// libpq reads the rest: several hosts, `target_session_attrs`, `sslmode`, `service`, `passfile`, `connect_timeout`,
/// `application_name` and, for what the URL leaves open, the `PG*` variables (PostgreSQL documentation, "Connection
/// URIs").
struct PostgresURL: Sendable {
    /// What shares the sessions of the server out among its clients, between the daemon and the server.
    enum Pooler: Hashable, Sendable {
        /// None that matters: a session of the client's is a session of the server's for as long as it lasts.
        case none
        /// A server's session belongs to a client for one transaction (PgBouncer's `pool_mode = transaction`).
        case transaction
    }

    /// The URL for libpq. It may hold a password and is never printed.
    let text: String
    /// The value of `connections=N`, or of its former name `creditd_connections=N`.
    private(set) var connections: Int?
    /// The value of `timeout=SECONDS`: the longest that the server may work on one statement.
    private(set) var timeout: Duration?
    /// `pooler=transaction`
    private(set) var pooler = Pooler.none

    /// Throws `configuration` for another scheme, and for a parameter of this program's with a value that is not
    /// allowed, or given twice.
    init(_ url: String) throws(StoreOpenError) {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else { throw .badPostgresURL }
        guard let start = url.firstIndex(of: "?") else {
            text = url
            return
        }
        var kept: [Substring] = []
        var seen: Set<Parameter> = []
        var values: [Parameter: String] = [:]
        for option in url[url.index(after: start)...].split(separator: "&", omittingEmptySubsequences: false) {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let parameter = Parameter.named[String(parts[0])] else {
                kept.append(option)
                continue
            }
            guard seen.insert(parameter).inserted else { throw parameter.refusal }
            values[parameter] = String(parts[1])
        }
        text = String(url[..<start]) + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
        for (parameter, value) in values { try set(parameter, value) }
    }

    private mutating func set(_ parameter: Parameter, _ value: String) throws(StoreOpenError) {
        switch parameter {
        case .connections:
            guard let count = Int(value), (1...Parameter.maximumConnections).contains(count) else {
                throw parameter.refusal
            }
            connections = count
        case .timeout:
            guard let seconds = Int(value), (1...Parameter.maximumTimeoutSeconds).contains(seconds) else {
                throw parameter.refusal
            }
            timeout = .seconds(seconds)
        case .pooler:
            guard value == "transaction" || value == "none" else { throw parameter.refusal }
            pooler = value == "none" ? .none : .transaction
        }
    }

    /// The limits with what the URL says of them.
    func limits(_ limits: PostgresLimits) -> PostgresLimits {
        var limits = limits
        if let connections { limits.connections = connections }
        if let timeout { limits.requestTimeout = timeout }
        // A pooler gives the server to others at the end of a transaction, and loses track of one that is sent ahead.
        if pooler == .transaction { limits.batchesInFlight = 1 }
        return limits
    }
}

/// A parameter that libpq does not get.
private enum Parameter: Hashable {
    case connections
    case timeout
    case pooler

    static let named: [String: Parameter] = [
        "connections": .connections, "creditd_connections": .connections, "timeout": .timeout, "pooler": .pooler,
    ]
    static let maximumConnections = 64
    static let maximumTimeoutSeconds = 3600

    var refusal: StoreOpenError {
        switch self {
        case .connections:
            StoreOpenError(.a, .configuration, "connections takes a number from 1 to \(Self.maximumConnections), once")
        case .timeout:
            StoreOpenError(
                .a, .configuration, "timeout takes whole seconds from 1 to \(Self.maximumTimeoutSeconds), once")
        case .pooler:
            StoreOpenError(.a, .configuration, "pooler takes transaction or none, once")
        }
    }
}

extension StoreOpenError {
    static var badPostgresURL: StoreOpenError {
        StoreOpenError(.a, .configuration, "not a postgresql:// URL that libpq understands")
    }

    static var postgresOutOfResources: StoreOpenError {
        StoreOpenError(.a, .outOfResources, "the system gives no more threads or descriptors")
    }
}
