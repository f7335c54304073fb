import Platform

/// A Redis Cluster: its map and a connection to each master. Replicas are not used.
final class Cluster: Fleet {
    private let state: Monitor<ClusterState>
    private let access: Access

    /// Asks the seeds for the map and makes a first attempt to connect to each master. Without an answer the cluster
    /// opens all the same and goes on asking.
    init(_ seeds: [Endpoint], _ access: Access) throws(RedisOpenError) {
        state = Monitor(ClusterState(seeds: seeds))
        self.access = access
        let scout = ClusterScout(access, state)
        if let fault = scout.look(), fault.isPermanent { throw .refused(fault) }
        guard OSThread.start({ scout.run() }) else { throw .noResources }
        let masters = state.withLock { $0.map.nodes }
        let connections = masters.compactMap { try? connection(to: $0) }
        for fault in connections.compactMap({ $0.waitForFirstAttempt() }) where fault.isPermanent {
            throw .refused(fault)
        }
    }

    deinit {
        state.change { (($0.isClosed = true), wakes: true) }
    }

    var usesSlots: Bool { true }

    var endpoints: [Endpoint] { state.withLock { $0.placesToAsk } }

    var fault: RedisFault? {
        let (fault, connections) = state.withLock { ($0.fault, Array($0.connections.values)) }
        return fault ?? connections.lazy.compactMap(\.fault).first
    }

    func parts(of commands: CommandBuffer) throws(StoreFailure) -> [Part] {
        let map = state.withLock { $0.map }
        var parts: [Part] = []
        var places: [Endpoint: Int] = [:]
        // Most neighbours of a small cluster differ, so the owner is looked up for each; a part for each node is few.
        for index in 0..<commands.count {
            guard let owner = map.owner(of: commands.slots[index]) else {
                refresh()
                throw .unavailable(retryAfterMilliseconds: Limits.connectMilliseconds)
            }
            let place: Int
            if let known = places[owner] {
                place = known
            } else {
                place = parts.count
                places[owner] = place
                parts.append(Part(connection: try connection(to: owner), commands: CommandBuffer(), indices: []))
            }
            parts[place].commands.append(index, of: commands)
            parts[place].indices?.append(index)
        }
        return parts
    }

    func connection(to endpoint: Endpoint) throws(StoreFailure) -> Connection {
        if let known = state.withLock({ $0.connections[endpoint] }) { return known }
        let made: Connection
        do {
            made = try Connection(endpoint, access) { [weak state] in state?.change { ($0.askForLook(), wakes: true) } }
        } catch {
            throw .unavailable(retryAfterMilliseconds: Limits.connectMilliseconds)
        }
        // Whoever was first has made the one that all use.
        return state.withLock { state in
            if let known = state.connections[endpoint] { return known }
            state.connections[endpoint] = made
            return made
        }
    }

    func note(slot: UInt16, at endpoint: Endpoint) {
        state.withLock { $0.map.move(slot, to: endpoint) }
    }

    func refresh() {
        state.change { ($0.askForLook(), wakes: true) }
    }
}
