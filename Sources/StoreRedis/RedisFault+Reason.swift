import Bureau
import Repositories

extension RedisFault {
    /// The kind that all stores share.
    var cause: StoreReason.Cause {
        switch self {
        case .unreachable, .timedOut, .untrusted, .noTLS: .unreachable
        case .denied, .commandDenied, .keysDenied, .noPassword, .noDatabase: .refused
        case .tooManyClients, .tooMuchWaiting: .throttled
        case .notPrimary, .replaced, .loading, .busy, .masterDown, .clusterDown, .migrating: .notReady
        case .readOnly, .fewReplicas: .readOnly
        case .outOfMemory, .cannotPersist: .full
        case .notRedis, .isCluster, .isNoCluster, .noSuchPrimary, .wrongData, .other: .failed
        case .several(let faults): faults.first?.fault.cause ?? .unreachable
        }
    }

    /// What an operator does; nil when the fault passes by itself or its description tells.
    var remedy: String? {
        switch self {
        case .unreachable, .timedOut: "Check that the server runs, its address and the network between."
        case .untrusted, .noTLS: "Check the certificate and the URL's cacert, cert and key, or use redis:// for no TLS."
        case .denied: "Check CREDITD_REDIS_USERNAME and CREDITD_REDIS_PASSWORD, or CREDITD_REDIS_PASSWORD_FILE."
        case .commandDenied: "Give the user the commands that README lists for Redis, by ACL SETUSER."
        case .keysDenied: "Give the user the keys of base C: ACL SETUSER name ~creditd:*"
        case .noPassword: "Make the file readable for the daemon, with the password as its first line."
        case .noDatabase: "Use a database of a lower number in the URL, or raise `databases`."
        case .notRedis: "Check the port, and use rediss:// when the server expects TLS."
        case .isCluster: "Write redis+cluster:// (or rediss+cluster://) in the URL."
        case .isNoCluster: "Write redis:// (or rediss://) in the URL."
        case .noSuchPrimary: "Write the name of `sentinel monitor` in the URL's path."
        case .tooManyClients: "Raise `maxclients`, or lower the URL's connections."
        case .readOnly, .masterDown: "Name the primary in the URL, or its sentinels by redis+sentinel://."
        case .outOfMemory: "Raise `maxmemory`; each subject's keys expire after retention_days without a write."
        case .cannotPersist: "Make room on the server's disk and look into its log: its last save failed."
        case .fewReplicas: "Bring the replicas back, or lower `min-replicas-to-write`."
        case .busy: "Stop the script by SCRIPT KILL."
        case .wrongData: "Find out who else writes to keys creditd:*, or use another database."
        case .several(let faults): faults.first?.fault.remedy
        case .notPrimary, .replaced, .tooMuchWaiting, .loading, .clusterDown, .migrating, .other: nil
        }
    }
}

extension StoreReason {
    init(_ fault: RedisFault) {
        self.init(fault.cause, code: fault.code, fault.description)
    }
}

extension StoreOpenError {
    /// A server cannot be reached, or refuses to work for this store.
    static func notOpened(_ fault: RedisFault) -> StoreOpenError {
        StoreOpenError(
            .c, fault.isPermanent ? .refused : .unreachable, fault.description, code: fault.code, remedy: fault.remedy)
    }

    static let outOfResources = StoreOpenError(.c, .outOfResources, "no descriptors or threads are left")
}
