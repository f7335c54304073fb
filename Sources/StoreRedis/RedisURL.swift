import Bureau
import Encodings
import Repositories

/// Base C's server or servers, as the command line names them.
///
///     redis://[host[:port]][/db][?options]          one server; rediss:// with TLS
///     redis+cluster://h1:p1,h2:p2,…[?options]       Redis Cluster, by any of its nodes; rediss+cluster://
///     redis+sentinel://h1,h2,…/name[/db][?options]  the primary that sentinels watch under a name; rediss+sentinel://
///     unix:///path[?db=N&options]                   a Unix socket; redis+unix:// says the same
///
/// Options: `connections` (1 to 64; a cluster has one for each node), `connect_timeout` and `timeout` (1 to 60 s),
/// `retention_days` (1 to 36500); with TLS `cacert`, `cert` and `key` (PEM files; the system's authorities without the
/// first; `key` may be within `cert`).
struct RedisURL: Hashable, Sendable {
    /// How the servers are found.
    enum Form: Hashable, Sendable {
        case server
        case cluster
        /// `name` is what the sentinels call the primary.
        case sentinel(name: String)
        case unix
    }

    var form: Form
    /// Nil without TLS.
    var tls: TLSIdentity.Files?
    /// The server, the sentinels, or the nodes that are asked first for the rest of the cluster.
    var endpoints: [RedisEndpoint]
    var database = 0
    var connections = 1
    var times = RedisTimes()
    /// How long a subject's keys live after the last write.
    var retentionDays = 400

    var isCluster: Bool { form == .cluster }

    private static let schemes: [(name: String, form: Form, usesTLS: Bool)] = [
        ("redis", .server, false), ("rediss", .server, true), ("redis+cluster", .cluster, false),
        ("rediss+cluster", .cluster, true), ("redis+sentinel", .sentinel(name: ""), false),
        ("rediss+sentinel", .sentinel(name: ""), true), ("unix", .unix, false), ("redis+unix", .unix, false),
    ]

    /// Reads the text of a URL. Errors name the wrong part and never quote it.
    init(_ text: String) throws(StoreOpenError) {
        guard let scheme = Self.schemes.first(where: { text.hasPrefix($0.name + "://") }) else {
            throw Self.bad("scheme")
        }
        let (location, query) = Self.cut(text.dropFirst(scheme.name.count + 3), at: "?")
        let (authority, path) = Self.cut(location, at: "/")
        guard !authority.contains("@") else { throw Self.secretInURL }
        form = scheme.form
        tls = scheme.usesTLS ? TLSIdentity.Files() : nil
        endpoints = []
        try read(authority, path ?? "")
        for option in (query ?? "").split(separator: "&") { try apply(option) }
        if tls?.key != nil, tls?.certificate == nil { throw Self.bad("key: it needs cert") }
    }

    private mutating func read(_ authority: Substring, _ path: Substring) throws(StoreOpenError) {
        switch form {
        case .unix:
            guard authority.isEmpty, let path = PercentEncoding.decode("/" + path), path.count > 1,
                !path.utf8.contains(0)
            else { throw Self.bad("path") }
            endpoints = [.unix(path)]
        case .server, .cluster:
            endpoints = try Self.endpoints(authority, isList: isCluster)
            database = try Self.number(path, or: 0, in: 0...(isCluster ? 0 : 65_535), part: "database")
        case .sentinel:
            endpoints = try Self.endpoints(
                authority, isList: true, defaultPort: RedisEndpoint.defaultSentinelPort)
            let (text, database) = Self.cut(path, at: "/")
            guard let name = PercentEncoding.decode(text), !name.isEmpty else { throw Self.bad("name of the primary") }
            form = .sentinel(name: name)
            self.database = try Self.number(database ?? "", or: 0, in: 0...65_535, part: "database")
        }
    }

    private static func bad(_ part: String) -> StoreOpenError {
        StoreOpenError(.c, .configuration, "the Redis URL has a bad \(part)")
    }

    /// Everybody on the machine can read a command line.
    private static let secretInURL = StoreOpenError(
        .c, .configuration,
        "the Redis URL may not hold a user or password; set CREDITD_REDIS_USERNAME and CREDITD_REDIS_PASSWORD instead")

    private static func cut(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }

    private static func endpoints(
        _ text: Substring, isList: Bool, defaultPort: UInt16 = RedisEndpoint.defaultPort
    ) throws(StoreOpenError) -> [RedisEndpoint] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard isList || parts.count == 1 else { throw bad("host") }
        let endpoints = parts.compactMap { RedisEndpoint(authority: $0, defaultPort: defaultPort) }
        guard endpoints.count == parts.count else { throw bad("host") }
        return endpoints
    }

    private mutating func apply(_ option: Substring) throws(StoreOpenError) {
        let (name, value) = Self.cut(option, at: "=")
        let text = value ?? ""
        switch name {
        case "connections" where !isCluster: connections = try Self.number(text, in: 1...64, part: "connections")
        case "connect_timeout": times.connect = .seconds(try Self.number(text, in: 1...60, part: "connect_timeout"))
        case "timeout": times.call = .seconds(try Self.number(text, in: 1...60, part: "timeout"))
        case "retention_days": retentionDays = try Self.number(text, in: 1...36_500, part: "retention_days")
        case "db" where form == .unix: database = try Self.number(text, in: 0...65_535, part: "db")
        case "cacert" where tls != nil: tls?.authorities = try Self.path(text, part: "cacert")
        case "cert" where tls != nil: tls?.certificate = try Self.path(text, part: "cert")
        case "key" where tls != nil: tls?.key = try Self.path(text, part: "key")
        case "password", "username", "user": throw Self.secretInURL
        default: throw Self.bad("option")
        }
    }

    private static func path(_ text: Substring, part: String) throws(StoreOpenError) -> String {
        guard let path = PercentEncoding.decode(text), !path.isEmpty, !path.utf8.contains(0) else { throw bad(part) }
        return path
    }

    private static func number(
        _ text: Substring, or empty: Int? = nil, in range: ClosedRange<Int>, part: String
    ) throws(StoreOpenError) -> Int {
        if text.isEmpty, let empty { return empty }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number)
        else { throw bad(part) }
        return number
    }
}
