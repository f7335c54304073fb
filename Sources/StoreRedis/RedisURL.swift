import Bureau
import Encodings
import Repositories

/// Base C's server or cluster, as the command line names it.
///
///     redis://[host[:port]][/db][?connections=N&retention_days=N]     1 to 64 connections, 1 to 36500 days
///     rediss://…[?cacert=PATH]          TLS, verified against the system's authorities or those in the PEM file PATH
///     redis+cluster://h1:p1,h2:p2,…     Redis Cluster, by any of its nodes; rediss+cluster:// with TLS
struct RedisURL: Hashable, Sendable {
    var usesTLS: Bool
    var isCluster: Bool
    /// The server, or the nodes that are asked first for the rest of the cluster.
    var endpoints: [RedisEndpoint]
    var database = 0
    var authoritiesPath: String?
    /// For a single server; a cluster has one connection for each node.
    var connections = 1
    /// How long a subject's keys live after the last write.
    var retentionDays = 400

    /// Reads the text of a URL. Errors name the wrong part and never quote it.
    init(_ text: String) throws(StoreOpenError) {
        let (scheme, rest) = try Self.split(text)
        usesTLS = scheme.hasPrefix("rediss")
        isCluster = scheme.hasSuffix("+cluster")
        let (location, query) = Self.cut(rest, at: "?")
        let (authority, path) = Self.cut(location, at: "/")
        guard !authority.contains("@") else { throw Self.secretInURL }
        endpoints = try Self.endpoints(authority, isCluster: isCluster)
        database = try Self.number(path ?? "", or: 0, in: 0...(isCluster ? 0 : 65_535), part: "database")
        for option in (query ?? "").split(separator: "&") { try apply(option) }
    }

    private static func bad(_ part: String) -> StoreOpenError {
        StoreOpenError(.c, .configuration, "the Redis URL has a bad \(part)")
    }

    /// Everybody on the machine can read a command line.
    private static let secretInURL = StoreOpenError(
        .c, .configuration,
        "the Redis URL may not hold a user or password; set CREDITD_REDIS_USERNAME and CREDITD_REDIS_PASSWORD instead")

    private static func split(_ text: String) throws(StoreOpenError) -> (scheme: Substring, rest: Substring) {
        for scheme in ["redis", "rediss", "redis+cluster", "rediss+cluster"] where text.hasPrefix(scheme + "://") {
            return (text.prefix(scheme.count), text.dropFirst(scheme.count + 3))
        }
        throw bad("scheme")
    }

    private static func cut(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }

    private static func endpoints(_ text: Substring, isCluster: Bool) throws(StoreOpenError) -> [RedisEndpoint] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard isCluster || parts.count == 1 else { throw bad("host") }
        let endpoints = parts.compactMap { RedisEndpoint(authority: $0) }
        guard endpoints.count == parts.count else { throw bad("host") }
        return endpoints
    }

    private mutating func apply(_ option: Substring) throws(StoreOpenError) {
        let (name, value) = Self.cut(option, at: "=")
        switch name {
        case "connections" where !isCluster:
            connections = try Self.number(value ?? "", in: 1...64, part: "connections")
        case "retention_days":
            retentionDays = try Self.number(value ?? "", in: 1...36_500, part: "retention_days")
        case "cacert" where usesTLS:
            guard let path = value.flatMap({ PercentEncoding.decode($0) }), !path.isEmpty, !path.utf8.contains(0)
            else { throw Self.bad("cacert") }
            authoritiesPath = path
        case "password", "username", "user": throw Self.secretInURL
        default: throw Self.bad("option")
        }
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
