import Bureau
import Repositories

/// What all connections of a store share, and how each is opened.
struct RedisConnector: Sendable {
    /// Nil without TLS.
    let tls: TLSIdentity?
    let login: RedisLogin
    let database: Int
    let script: EventScript
    let times: RedisTimes

    /// Connects to a target's server and logs in.
    func connect(
        to target: RedisTarget, until deadline: ContinuousClock.Instant
    ) throws(RedisFault) -> HiredisClient {
        switch target {
        case .server(let endpoint): return try connect(to: endpoint, until: deadline)
        case .primary(let group):
            // After a failover the sentinels may name a server that is no primary yet.
            let client = try connect(to: try group.primary(until: deadline), until: deadline)
            let role = try client.ask([["ROLE"]], until: deadline).first?.elements?.first?.text
            guard role == nil || role == "master" else { throw .notPrimary }
            return client
        }
    }

    /// Connects to a server and logs in.
    func connect(
        to endpoint: RedisEndpoint, until deadline: ContinuousClock.Instant
    ) throws(RedisFault) -> HiredisClient {
        let client = try HiredisClient(RedisSocket(endpoint, tls?.context, until: deadline))
        var greeting = try login.greeting() + [["CLIENT", "SETNAME", "creditd"], ["PING"]]
        if database > 0 { greeting.append(["SELECT", String(database)]) }
        for (command, reply) in zip(greeting, try client.ask(greeting, until: deadline)) {
            guard let fault = reply.fault else { continue }
            switch (command[0], fault) {
            // A server that cannot save its data refuses even PING, and serves reads. A user without the right to name
            // its connection can work, too.
            case ("PING", .cannotPersist), ("CLIENT", _): continue
            // Without a password set, or with a user name before Redis 6, AUTH fails with a plain ERR.
            case ("AUTH", .other(let code)): throw .denied(code: code)
            case ("SELECT", .other): throw .noDatabase
            default: throw fault
            }
        }
        return client
    }

    /// Connects to a target's server, logs in and loads the script.
    func connectForEvents(
        to target: RedisTarget, until deadline: ContinuousClock.Instant
    ) throws(RedisFault) -> RedisSocket {
        let client = try connect(to: target, until: deadline)
        let replies = try client.ask([["SCRIPT", "LOAD", script.text]], until: deadline)
        if let fault = replies.first?.fault { throw fault }
        return client.socket
    }
}

/// Where a connection goes: to one server, or to whichever server is the primary.
enum RedisTarget: Sendable, CustomStringConvertible {
    case server(RedisEndpoint)
    case primary(SentinelGroup)

    var description: String {
        switch self {
        case .server(let endpoint): "\(endpoint)"
        case .primary(let group): group.name
        }
    }
}
