import Bureau
import Glibc
import Repositories

/// What keeps a Redis server from being used, in kinds that tell an operator where to look. `code` is the first word of
/// the server's error.
public enum RedisFault: Error, Hashable, Sendable {
    /// There is no connection; `code` is the name of the system's error, and `reason` its sentence.
    case unreachable(code: String?, reason: String)
    case timedOut
    /// The certificate is not valid, or TLS failed; `reason` is OpenSSL's own sentence.
    case untrusted(reason: String)
    case noTLS(reason: String)
    /// The user or the password.
    case denied(code: String)
    /// The user lacks the right to a command, or the server does not know the command.
    case commandDenied(code: String)
    /// The user lacks the right to the keys of base C.
    case keysDenied(code: String)
    /// The file of the password cannot be used; `reason` says why.
    case noPassword(reason: String)
    case noDatabase
    case notRedis
    case isCluster
    case isNoCluster
    /// The sentinels do not know the name of the primary.
    case noSuchPrimary
    /// A server that the sentinels named is not a primary (yet).
    case notPrimary
    /// The sentinels name another server than the one that was the primary.
    case replaced
    case tooManyClients
    /// More waits for the connection than it holds.
    case tooMuchWaiting
    case loading
    /// The server runs somebody else's script and answers nobody.
    case busy
    case readOnly
    case outOfMemory
    /// The server cannot save its data and refuses writes; reads are served.
    case cannotPersist(isDiskFull: Bool)
    /// Too few replicas are connected for writes.
    case fewReplicas
    case masterDown
    case clusterDown
    /// The keys are on their way from one node of a cluster to another.
    case migrating
    /// The keys hold foreign data.
    case wrongData(code: String)
    case other(code: String)
    /// Several servers were asked, each with its own fault.
    case several([ServerFault])

    /// The fault of one server among several.
    public struct ServerFault: Hashable, Sendable {
        public let server: String
        public let fault: RedisFault
    }

    static let connectionClosed = RedisFault.unreachable(code: "EOF", reason: "the connection was closed")

    /// Describes an error number of the system.
    static func system(_ number: Int32) -> RedisFault {
        .unreachable(code: SystemError.name(of: number), reason: String(cString: strerror(number)))
    }

    /// Joins the faults of servers that were asked in turn; `faults` is not empty.
    static func of(_ faults: [(server: String, fault: RedisFault)]) -> RedisFault {
        guard faults.count > 1 else { return faults.first?.fault ?? .clusterDown }
        return .several(faults.map { ServerFault(server: $0.server, fault: $0.fault) })
    }

    /// Whether only an operator can remove the fault.
    public var isPermanent: Bool {
        switch self {
        case .untrusted, .noTLS, .denied, .commandDenied, .keysDenied, .noPassword, .noDatabase, .notRedis, .isCluster,
            .isNoCluster, .noSuchPrimary:
            true
        case .several(let faults): faults.allSatisfy(\.fault.isPermanent)
        default: false
        }
    }

    /// The name of the system's error, or the first word of the server's.
    public var code: String? {
        switch self {
        case .unreachable(let code, _): code
        case .denied(let code), .commandDenied(let code), .keysDenied(let code), .wrongData(let code),
            .other(let code):
            code
        case .timedOut: "ETIMEDOUT"
        case .isCluster: "MOVED"
        case .tooManyClients: "ERR"
        case .loading: "LOADING"
        case .busy: "BUSY"
        case .readOnly: "READONLY"
        case .outOfMemory: "OOM"
        case .cannotPersist: "MISCONF"
        case .fewReplicas: "NOREPLICAS"
        case .masterDown: "MASTERDOWN"
        case .clusterDown: "CLUSTERDOWN"
        case .migrating: "TRYAGAIN"
        case .several(let faults): faults.first?.fault.code
        case .untrusted, .noTLS, .noPassword, .noDatabase, .notRedis, .isNoCluster, .noSuchPrimary, .notPrimary,
            .replaced, .tooMuchWaiting:
            nil
        }
    }
}

extension RedisFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreachable(_, let reason): "Redis cannot be reached: \(reason)"
        case .timedOut: "Redis did not answer in time"
        case .untrusted(let reason): "the certificate of Redis is not trusted: \(reason)"
        case .noTLS(let reason): "TLS with Redis failed: \(reason)"
        case .denied: "Redis refuses the user or the password"
        case .commandDenied: "Redis refuses this user a command that the store needs"
        case .keysDenied: "Redis refuses this user the keys creditd:*"
        case .noPassword(let reason): "the file of CREDITD_REDIS_PASSWORD_FILE cannot be used: \(reason)"
        case .noDatabase: "Redis has no database of this number"
        case .notRedis: "what answers is not Redis, or expects TLS"
        case .isCluster: "this is a Redis Cluster: use redis+cluster:// or rediss+cluster://"
        case .isNoCluster: "this is a single Redis server: use redis:// or rediss://"
        case .noSuchPrimary: "the sentinels know no primary of this name"
        case .notPrimary: "the server that the sentinels name is no primary"
        case .replaced: "another server has become the primary"
        case .tooManyClients: "Redis has reached its maximum number of clients"
        case .tooMuchWaiting: "too much waits for Redis already"
        case .loading: "Redis is loading its data"
        case .busy: "Redis is busy running a script"
        case .readOnly: "Redis is a read-only replica"
        case .outOfMemory: "Redis has no memory left for writes"
        case .cannotPersist(isDiskFull: true): "the disk of Redis is full, and Redis refuses writes"
        case .cannotPersist: "Redis cannot save its data to disk and refuses writes"
        case .fewReplicas: "Redis has too few replicas connected and refuses writes"
        case .masterDown: "Redis is a replica that has lost its primary"
        case .clusterDown: "the Redis Cluster is down"
        case .migrating: "the keys are moving between nodes of the Redis Cluster"
        case .wrongData: "Redis holds data that this program did not write"
        case .other: "Redis answered with an error that this program does not know"
        case .several(let faults): faults.map { "\($0.server): \($0.fault)" }.joined(separator: "; ")
        }
    }
}

/// The names of the system's errors that a socket or a file gives.
enum SystemError {
    private static let names: [Int32: String] = [
        EACCES: "EACCES", EADDRNOTAVAIL: "EADDRNOTAVAIL", EAGAIN: "EAGAIN", ECONNABORTED: "ECONNABORTED",
        ECONNREFUSED: "ECONNREFUSED", ECONNRESET: "ECONNRESET", EHOSTDOWN: "EHOSTDOWN", EHOSTUNREACH: "EHOSTUNREACH",
        EISDIR: "EISDIR", EFBIG: "EFBIG", EMFILE: "EMFILE", ENAMETOOLONG: "ENAMETOOLONG", ENETDOWN: "ENETDOWN",
        ENETUNREACH: "ENETUNREACH", ENFILE: "ENFILE", ENOBUFS: "ENOBUFS", ENOENT: "ENOENT", ENOMEM: "ENOMEM",
        ENOTDIR: "ENOTDIR", ENOTSOCK: "ENOTSOCK", EPERM: "EPERM", EPIPE: "EPIPE", EPROTOTYPE: "EPROTOTYPE",
        ETIMEDOUT: "ETIMEDOUT",
    ]

    /// The name, such as `ECONNREFUSED`; nil for a rare error. Swift does not see `strerrorname_np(3)`.
    static func name(of number: Int32) -> String? { names[number] }
}
