/// Where base A's PostgreSQL is: libpq's own URL, with the one parameter taken out that is ours.
///
/// The rest goes to libpq as it is, which reads several hosts, `target_session_attrs`, `sslmode`, `service`, `passfile`
/// and, for what the URL leaves open, the `PG*` variables (PostgreSQL documentation, "Connection URIs").
struct ConnectionURL: Sendable {
    /// What libpq gets. It may hold a password: it is never printed.
    let text: String
    /// The `creditd_connections` parameter.
    let connections: Int?

    static let connectionLimit = 64

    init(_ url: String) throws(PostgresOpenError) {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else { throw .badURL }
        guard let start = url.firstIndex(of: "?") else {
            text = url
            connections = nil
            return
        }
        var connections: Int?
        var kept: [Substring] = []
        for parameter in url[url.index(after: start)...].split(separator: "&", omittingEmptySubsequences: false) {
            let name = "creditd_connections="
            guard parameter.hasPrefix(name) else {
                kept.append(parameter)
                continue
            }
            guard connections == nil, let count = Int(parameter.dropFirst(name.count)),
                (1...Self.connectionLimit).contains(count)
            else { throw .badConnectionCount(limit: Self.connectionLimit) }
            connections = count
        }
        self.connections = connections
        text = String(url[..<start]) + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
    }
}
