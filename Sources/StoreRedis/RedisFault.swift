import Bureau
import Glibc
import Repositories

/// What keeps a Redis server from being used, in kinds that tell an operator where to look.
package enum RedisFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no connection; `reason` is the system's own sentence.
    case unreachable(reason: String)
    case timedOut
    /// The certificate is not valid, or TLS failed; `reason` is OpenSSL's own sentence.
    case untrusted(reason: String)
    case noTLS(reason: String)
    /// NOAUTH, WRONGPASS or NOPERM: the user, the password or the user's rights.
    case denied
    case noDatabase
    case notRedis
    case isCluster
    case isNoCluster
    case loading
    /// The server runs somebody else's script and answers nobody.
    case busy
    case readOnly
    case outOfMemory
    case cannotPersist
    case masterDown
    case clusterDown
    /// The recording script failed: the keys hold foreign data, or the script is wrong.
    case wrongData
    case other

    static let connectionClosed = RedisFault.unreachable(reason: "the connection was closed")

    /// Describes an error number of the system.
    static func system(_ number: Int32) -> RedisFault {
        .unreachable(reason: String(cString: strerror(number)))
    }

    /// Whether only an operator can remove the fault.
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

extension StoreOpenError {
    /// A server answered and refuses to work for this store.
    static func refused(_ fault: RedisFault) -> StoreOpenError {
        StoreOpenError(.c, .refused, fault.description)
    }

    static let outOfResources = StoreOpenError(.c, .outOfResources, "no descriptors or threads are left")
}
