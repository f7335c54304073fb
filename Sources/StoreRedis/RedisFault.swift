/// What keeps a Redis server from being used, told apart so that an operator knows where to look.
package enum RedisFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// No connection: `reason` is the system's own sentence.
    case unreachable(reason: String)
    case timedOut
    /// The certificate is not good, by OpenSSL's own sentence.
    case untrusted(reason: String)
    /// TLS could not be agreed upon; most often the other side does not speak it.
    case noTLS(reason: String)
    /// NOAUTH, WRONGPASS or NOPERM: the user, the password or the user's rights.
    case denied
    case noDatabase
    /// What came is no answer of a Redis server.
    case notRedis
    /// A single server is meant, and this is a node of a cluster.
    case isCluster
    /// A cluster is meant, and this is a single server.
    case isNoCluster
    /// The server reads its data set in and does not answer yet.
    case loading
    /// The server runs a script of somebody else and answers nobody.
    case busy
    /// The server is a replica.
    case readOnly
    case outOfMemory
    /// The server cannot write its data to disk and refuses writes.
    case cannotPersist
    case masterDown
    case clusterDown
    /// The recording script failed: the keys hold something that this program did not write, or the script is wrong.
    case wrongData
    case other

    /// Waiting does not help.
    package var isPermanent: Bool {
        switch self {
        case .untrusted, .noTLS, .denied, .noDatabase, .notRedis, .isCluster, .isNoCluster: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .unreachable(let reason): "Redis cannot be reached: \(reason)"
        case .timedOut: "Redis did not answer in time"
        case .untrusted(let reason): "the certificate of Redis is not trusted: \(reason)"
        case .noTLS(let reason): "TLS with Redis failed: \(reason)"
        case .denied: "Redis refuses the user, the password or one of the commands for this user"
        case .noDatabase: "Redis has no database of this number"
        case .notRedis: "what answers is not Redis, or expects TLS"
        case .isCluster: "this is a Redis Cluster: use redis+cluster:// or rediss+cluster://"
        case .isNoCluster: "this is a single Redis server: use redis:// or rediss://"
        case .loading: "Redis is loading its data"
        case .busy: "Redis is busy running a script"
        case .readOnly: "Redis is a read-only replica"
        case .outOfMemory: "Redis has no memory left for writes"
        case .cannotPersist: "Redis cannot write its data to disk and refuses writes"
        case .masterDown: "Redis is a replica that has lost its master"
        case .clusterDown: "the Redis Cluster is down"
        case .wrongData: "Redis holds data that this program did not write"
        case .other: "Redis answered with an error that this program does not know"
        }
    }
}
