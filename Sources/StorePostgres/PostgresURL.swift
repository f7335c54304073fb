import Bureau
import Repositories

/// The URL of base A's PostgreSQL: libpq's own URL, and a parameter of this program's, which libpq does not get.
///
/// libpq reads the rest: several hosts, `target_session_attrs`, `sslmode`, `service`, `passfile` and, for what the URL
/// leaves open, the `PG*` variables (PostgreSQL documentation, "Connection URIs").
struct PostgresURL: Sendable {
    /// The URL for libpq. It may hold a password and is never printed.
    let text: String
    /// The value of `connections=N`, or of its former name `creditd_connections=N`.
    let connections: Int?

    /// Throws `configuration` for another scheme, for a number that is not allowed, and for a second number.
    init(_ url: String) throws(StoreOpenError) {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else { throw .badPostgresURL }
        guard let start = url.firstIndex(of: "?") else {
            text = url
            connections = nil
            return
        }
        var connections: Int?
        var kept: [Substring] = []
        for parameter in url[url.index(after: start)...].split(separator: "&", omittingEmptySubsequences: false) {
            guard let name = Self.names.first(where: parameter.hasPrefix) else {
                kept.append(parameter)
                continue
            }
            guard connections == nil, let count = Int(parameter.dropFirst(name.count)),
                (1...Self.maximumConnections).contains(count)
            else {
                throw StoreOpenError(
                    .a, .configuration, "connections takes a number from 1 to \(Self.maximumConnections), once")
            }
            connections = count
        }
        self.connections = connections
        text = String(url[..<start]) + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
    }

    private static let names = ["connections=", "creditd_connections="]
    private static let maximumConnections = 64
}

extension StoreOpenError {
    static var badPostgresURL: StoreOpenError {
        StoreOpenError(.a, .configuration, "not a postgresql:// URL that libpq understands")
    }

    static var postgresOutOfResources: StoreOpenError {
        StoreOpenError(.a, .outOfResources, "the system gives no more threads or descriptors")
    }
}
