import Bureau
import Platform
import Repositories

extension RedisEventStore {
    /// Checks a server on a connection and a thread of its own, so that the check does not wait behind other work.
    package func health() async -> StoreHealth {
        await OSThread.run { self.check() } ?? health(engine: nil, roundTrip: .zero)
    }

    /// Asks one server after the other until one answers; each gets an equal share of the remaining time.
    private func check() -> StoreHealth {
        let start = ContinuousClock.now
        let end = start + RedisLimits.healthTime
        let endpoints = topology.endpoints
        for (index, endpoint) in endpoints.enumerated() {
            let now = ContinuousClock.now
            let deadline = now + (end - now) / (endpoints.count - index)
            if let health = try? ask(endpoint, until: deadline) { return health }
        }
        return health(engine: nil, roundTrip: ContinuousClock.now - start)
    }

    private func ask(
        _ endpoint: RedisEndpoint, until deadline: ContinuousClock.Instant
    ) throws(RedisFault) -> StoreHealth {
        let client = try connector.connect(to: endpoint, until: deadline)
        let start = ContinuousClock.now
        let pong = try client.ask([["PING"]], until: deadline)
        let roundTrip = ContinuousClock.now - start
        let isCluster = topology.cluster != nil
        let details = try client.ask([["INFO", "server"]] + (isCluster ? [["CLUSTER", "INFO"]] : []), until: deadline)
        if let fault = (pong + details).lazy.compactMap(\.fault).first { throw fault }
        if isCluster, details.last?.text?.contains("cluster_state:ok") != true { throw .clusterDown }
        return health(engine: Self.engine(details[0].text ?? ""), roundTrip: roundTrip)
    }

    /// Reads the engine and its version from the reply to INFO. Valkey also gives a `redis_version`, for older clients.
    static func engine(_ info: String) -> String {
        func value(_ name: String) -> Substring? {
            info.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }?.dropFirst(name.count + 1)
        }
        if let version = value("valkey_version") { return "Valkey \(version)" }
        return value("redis_version").map { "Redis \($0)" } ?? "Redis"
    }

    private func health(engine: String?, roundTrip: Duration) -> StoreHealth {
        StoreHealth(
            base: .c, engine: engine, roundTripMicroseconds: Int64(roundTrip / .microseconds(1)), migrationsApplied: 0,
            migrationsKnown: 0, isEncrypted: engine == nil ? nil : connector.tls != nil)
    }
}
