import Bureau
import Glibc
import Platform
import Repositories

extension RedisEventStore {
    /// Checks a server on a connection and a thread of its own, so that the check does not wait behind other work.
    ///
    /// What keeps a server from writes is seen as well, by a write without an effect. The version is left out when the
    /// user may not ask for it.
    public func health() async -> StoreHealth {
        await OSThread.run { self.examine() } ?? unreachable(.system(EAGAIN), roundTrip: .zero)
    }

    /// Asks one server after the other until one serves; each gets an equal share of the remaining time.
    private func examine() -> StoreHealth {
        let start = ContinuousClock.now
        let end = start + RedisLimits.healthTime
        let targets = topology.targets
        var faults: [(server: String, fault: RedisFault)] = []
        var worst: StoreHealth?
        for (index, target) in targets.enumerated() {
            let now = ContinuousClock.now
            do throws(RedisFault) {
                let health = try ask(target, until: now + (end - now) / (targets.count - index))
                if health.reason == nil { return health }
                worst = worst ?? health
            } catch {
                faults.append(("\(target)", error))
            }
        }
        return worst ?? unreachable(.of(faults), roundTrip: ContinuousClock.now - start)
    }

    private func ask(
        _ target: RedisTarget, until deadline: ContinuousClock.Instant
    ) throws(RedisFault) -> StoreHealth {
        let client = try connector.connect(to: target, until: deadline)
        let start = ContinuousClock.now
        let pong = try client.ask([["PING"]], until: deadline)
        let roundTrip = ContinuousClock.now - start
        let probe = SubjectKey.probe(in: topology.cluster, of: client.socket.endpoint)
        let questions =
            [["INFO", "server"], ["CLUSTER", "INFO"]] + (probe.map { [["ZADD", $0, "XX", "0", "x"]] } ?? [])
        let replies = try client.ask(questions, until: deadline)
        let fault = pong[0].fault ?? topology.mismatch(replies[1]) ?? (probe == nil ? nil : replies[2].fault)
        return StoreHealth(
            base: .c, engine: Self.engine(replies[0].text ?? ""),
            roundTripMicroseconds: Int64(roundTrip / .microseconds(1)), migrationsApplied: 0, migrationsKnown: 0,
            isEncrypted: connector.tls != nil, reason: (fault ?? topology.fault).map { StoreReason($0) })
    }

    /// Reads the engine and its version from the reply to INFO. Valkey also gives a `redis_version`, for older clients.
    static func engine(_ info: String) -> String {
        if let version = info.infoValue("valkey_version") { return "Valkey \(version)" }
        return info.infoValue("redis_version").map { "Redis \($0)" } ?? "Redis"
    }

    private func unreachable(_ fault: RedisFault, roundTrip: Duration) -> StoreHealth {
        StoreHealth(
            base: .c, engine: nil, roundTripMicroseconds: Int64(roundTrip / .microseconds(1)), migrationsApplied: 0,
            migrationsKnown: 0, reason: StoreReason(fault))
    }
}

extension RedisTopology {
    /// What a server's reply to CLUSTER INFO says against the topology; nil also for a user who may not ask.
    func mismatch(_ reply: HiredisReply) -> RedisFault? {
        guard let info = reply.text else { return nil }
        if cluster != nil { return info.infoValue("cluster_state") == "ok" ? nil : .clusterDown }
        // A cluster of one master redirects nobody.
        return info.infoValue("cluster_size").flatMap { Int($0) } ?? 0 > 1 ? .isCluster : nil
    }
}

extension String {
    /// The value of a field in a reply to INFO.
    func infoValue(_ name: String) -> Substring? {
        split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }?.dropFirst(name.utf8.count + 1)
    }
}

extension SubjectKey {
    /// A key of no subject for a write without an effect: ZADD XX does nothing without the key, and is refused when the
    /// server takes no writes. In a cluster the key lies on `node`; nil for a node without slots.
    fileprivate static func probe(in cluster: ClusterTopology?, of node: RedisEndpoint) -> String? {
        guard let cluster else { return "creditd:{probe}:history" }
        guard cluster.nodes.contains(node) else { return nil }
        let tag = (0..<10_000).lazy.map { "probe-\($0)" }.first { tag in
            cluster.owner(of: Array(tag.utf8).withUnsafeBufferPointer { HashSlot.of(tag: $0) }) == node
        }
        return tag.map { "creditd:{\($0)}:history" }
    }
}
