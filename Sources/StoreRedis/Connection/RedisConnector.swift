import Bureau
import Repositories

/// What all connections of a store share, and how each is opened.
struct RedisConnector: Sendable {
    let tls: TLSContext?
    let credentials: RedisCredentials?
    let database: Int
    let script: RecordingScript

    /// Connects to a server and logs in.
    func connect(
        to endpoint: RedisEndpoint, until deadline: ContinuousClock.Instant
    ) throws(RedisFault) -> HiredisClient {
        let client = try HiredisClient(RedisSocket(endpoint, tls, until: deadline))
        var greeting: [[String]] = [["CLIENT", "SETNAME", "creditd"], ["PING"]]
        if let credentials {
            greeting.insert(["AUTH"] + [credentials.username, credentials.password].compactMap(\.self), at: 0)
        }
        if database > 0 { greeting.append(["SELECT", String(database)]) }
        for (command, reply) in zip(greeting, try client.ask(greeting, until: deadline)) {
            // A user without the right to name its connection can still work.
            guard let fault = reply.fault, command[0] != "CLIENT" else { continue }
            // Without a password set, or with a user name before Redis 6, AUTH fails with a plain ERR.
            if fault == .other, command[0] == "AUTH" { throw .denied }
            if fault == .other, command[0] == "SELECT" { throw .noDatabase }
            throw fault
        }
        return client
    }

    /// Connects to a server, logs in and loads the script.
    func connectForEvents(
        to endpoint: RedisEndpoint, until deadline: ContinuousClock.Instant
    ) throws(RedisFault) -> RedisSocket {
        let client = try connect(to: endpoint, until: deadline)
        let replies = try client.ask([["SCRIPT", "LOAD", script.text]], until: deadline)
        if let fault = replies.first?.fault { throw fault }
        return client.socket
    }
}

/// The user that a connection authenticates as.
struct RedisCredentials: Hashable, Sendable {
    /// Nil for the default user, which is the only user before Redis 6.
    var username: String?
    var password: String

    /// Reads `CREDITD_REDIS_USERNAME` and `CREDITD_REDIS_PASSWORD`; nil without either. An empty variable counts as
    /// absent.
    static func from(_ environment: [String: String]) throws(StoreOpenError) -> RedisCredentials? {
        let username = environment["CREDITD_REDIS_USERNAME"] ?? ""
        let password = environment["CREDITD_REDIS_PASSWORD"] ?? ""
        guard username.isEmpty || !password.isEmpty else {
            throw StoreOpenError(.c, .configuration, "CREDITD_REDIS_USERNAME needs CREDITD_REDIS_PASSWORD")
        }
        guard !password.isEmpty else { return nil }
        return RedisCredentials(username: username.isEmpty ? nil : username, password: password)
    }
}
