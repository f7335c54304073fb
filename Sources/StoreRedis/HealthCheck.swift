import Bureau
import Repositories
import Platform

/// A sign of life from a server, asked for on a connection and a thread of its own, so that it waits for nobody's work.
struct HealthCheck: Sendable {
    private let access: Access
    private let endpoints: [Endpoint]
    private let isCluster: Bool

    init(_ access: Access, _ endpoints: [Endpoint], isCluster: Bool) {
        self.access = access
        self.endpoints = endpoints
        self.isCluster = isCluster
    }

    func run() async -> StoreHealth {
        await withCheckedContinuation { continuation in
            let hasStarted = OSThread.start { continuation.resume(returning: look()) }
            if !hasStarted { continuation.resume(returning: health(engine: nil, microseconds: 0)) }
        }
    }

    /// Asks one server after the other; each has its share of the time that is left.
    private func look() -> StoreHealth {
        let start = Moment.now
        let end = start.adding(milliseconds: Limits.healthMilliseconds)
        for (index, endpoint) in endpoints.enumerated() {
            let share = Moment.now.milliseconds(until: end) / (endpoints.count - index)
            if let found = try? ask(endpoint, until: Moment.now.adding(milliseconds: share)) { return found }
        }
        return health(engine: nil, microseconds: start.microseconds(until: .now))
    }

    private func ask(_ endpoint: Endpoint, until deadline: Moment) throws(RedisFault) -> StoreHealth {
        let control = try access.open(endpoint, until: deadline)
        let begin = Moment.now
        let pong = try control.ask([["PING"]], until: deadline)
        let microseconds = begin.microseconds(until: .now)
        let details = try control.ask(
            [["INFO", "server"]] + (isCluster ? [["CLUSTER", "INFO"]] : []), until: deadline)
        for reply in pong + details {
            if let fault = reply.fault { throw fault }
        }
        if isCluster, details.last?.text?.contains("cluster_state:ok") != true { throw .clusterDown }
        return health(engine: Self.engine(details[0].text ?? ""), microseconds: microseconds)
    }

    /// The engine and version in what INFO says; Valkey also gives a `redis_version`, for clients that know no better.
    static func engine(_ info: String) -> String {
        func value(_ name: String) -> Substring? {
            info.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }?.dropFirst(name.count + 1)
        }
        if let version = value("valkey_version") { return "Valkey \(version)" }
        return value("redis_version").map { "Redis \($0)" } ?? "Redis"
    }

    private func health(engine: String?, microseconds: Int64) -> StoreHealth {
        StoreHealth(
            base: .c, engine: engine, roundTripMicroseconds: microseconds, migrationsApplied: 0, migrationsKnown: 0,
            isEncrypted: engine == nil ? nil : access.tls != nil)
    }
}
