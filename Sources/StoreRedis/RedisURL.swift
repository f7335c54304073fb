/// Base C's server or cluster, as it is named on the command line.
///
///     redis://[host[:port]][/db][?connections=N&retention_days=N]
///     rediss://…[?cacert=PATH]          TLS, verified against the system's authorities or those in the file PATH
///     redis+cluster://h1:p1,h2:p2,…     Redis Cluster, by any of its nodes; rediss+cluster:// with TLS
struct RedisURL: Hashable, Sendable {
    var usesTLS: Bool
    var isCluster: Bool
    /// The server, or the nodes to ask first for the rest of the cluster.
    var endpoints: [Endpoint]
    var database = 0
    /// A PEM file of the authorities to trust instead of the system's.
    var authoritiesPath: String?
    /// Connections to a single server; a cluster has one for each node.
    var connections = 1
    /// How long a subject's keys live after the last write.
    var retentionDays = 400

    static let maximumConnections = 64
    static let maximumRetentionDays = 36_500

    /// Reads the text of a URL. Errors name the part that is wrong and never quote it.
    init(_ text: String) throws(RedisOpenError) {
        let (scheme, rest) = try Self.split(text)
        usesTLS = scheme.hasPrefix("rediss")
        isCluster = scheme.hasSuffix("+cluster")
        let (location, query) = Self.cut(rest, at: "?")
        let (authority, path) = Self.cut(location, at: "/")
        guard !authority.contains("@") else { throw .secretInURL }
        endpoints = try Self.endpoints(authority, isCluster: isCluster)
        database = try Self.number(path ?? "", or: 0, in: 0...(isCluster ? 0 : 65_535), part: "database")
        for option in (query ?? "").split(separator: "&") {
            try take(option)
        }
    }

    private static func split(_ text: String) throws(RedisOpenError) -> (scheme: Substring, rest: Substring) {
        for scheme in ["redis", "rediss", "redis+cluster", "rediss+cluster"] where text.hasPrefix(scheme + "://") {
            return (text.prefix(scheme.count), text.dropFirst(scheme.count + 3))
        }
        throw .badURL(part: "scheme")
    }

    private static func cut(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let place = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<place], text[text.index(after: place)...])
    }

    private static func endpoints(_ text: Substring, isCluster: Bool) throws(RedisOpenError) -> [Endpoint] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard isCluster || parts.count == 1 else { throw .badURL(part: "host") }
        var endpoints: [Endpoint] = []
        for part in parts {
            guard let endpoint = Endpoint(authority: part) else { throw .badURL(part: "host") }
            endpoints.append(endpoint)
        }
        return endpoints
    }

    private mutating func take(_ option: Substring) throws(RedisOpenError) {
        let (name, value) = Self.cut(option, at: "=")
        switch name {
        case "connections" where !isCluster:
            connections = try Self.number(value ?? "", or: nil, in: 1...Self.maximumConnections, part: "connections")
        case "retention_days":
            retentionDays = try Self.number(
                value ?? "", or: nil, in: 1...Self.maximumRetentionDays, part: "retention_days")
        case "cacert" where usesTLS:
            guard let path = value.flatMap(Self.percentDecoded), !path.isEmpty else { throw .badURL(part: "cacert") }
            authoritiesPath = path
        case "password", "username", "user": throw .secretInURL
        default: throw .badURL(part: "option")
        }
    }

    private static func number(
        _ text: Substring, or empty: Int?, in range: ClosedRange<Int>, part: String
    ) throws(RedisOpenError) -> Int {
        if text.isEmpty, let empty { return empty }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number)
        else { throw .badURL(part: part) }
        return number
    }

    /// RFC 3986 §2.1; nil when an escape is cut or what it gives is no UTF-8.
    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                value != 0
            else { return nil }
            bytes.append(value)
            rest.removeFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
