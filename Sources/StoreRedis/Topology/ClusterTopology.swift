import Glibc
import Platform
import Repositories

/// A Redis Cluster: its slot map and a connection to each master. Replicas are not used.
final class ClusterTopology: RedisTopology {
    private let state: Monitor<State>
    private let connector: RedisConnector

    /// What callers share with the thread that refreshes the slot map.
    private struct State {
        let seeds: [RedisEndpoint]
        var map = SlotMap()
        var connections: [RedisEndpoint: RedisConnection] = [:]
        /// Why there is no map; nil after a successful refresh.
        var fault: RedisFault?
        var isClosed = false
        var needsRefresh = false

        /// Known nodes come first, because the seeds may be gone.
        var endpoints: [RedisEndpoint] {
            let live = map.nodes.filter { connections[$0]?.isUp == true }
            return (live + map.nodes + seeds).reduce(into: []) { unique, endpoint in
                if !unique.contains(endpoint) { unique.append(endpoint) }
            }
        }

        /// Replaces the map and releases the connections to nodes that are no longer masters.
        mutating func replaceMap(with map: SlotMap) {
            self.map = map
            fault = nil
            connections = connections.filter { map.nodes.contains($0.key) }
        }
    }

    /// Asks the seeds for the map and attempts once to connect to each master. A cluster opens without some of its
    /// masters, which may be failing over.
    init(_ seeds: [RedisEndpoint], _ connector: RedisConnector) throws(StoreOpenError) {
        let state = Monitor(State(seeds: seeds))
        self.state = state
        self.connector = connector
        if let fault = Self.refresh(state, connector) { throw .notOpened(fault) }
        guard OSThread.start({ Self.keepRefreshing(state, connector) }) else { throw .outOfResources }
        let connections = state.withLock { $0.map.nodes }.compactMap { try? connection(to: $0) }
        let faults = connections.map { $0.waitForFirstAttempt() }
        let fault = faults.contains(nil) ? faults.lazy.compactMap(\.self).first(where: \.isPermanent) : faults.first
        if let fault = fault ?? nil { throw .notOpened(fault) }
    }

    deinit {
        state.change { (($0.isClosed = true), wakes: true) }
    }

    var cluster: ClusterTopology? { self }
    var targets: [RedisTarget] { state.withLock { $0.endpoints }.map(RedisTarget.server) }
    /// The masters.
    var nodes: [RedisEndpoint] { state.withLock { $0.map.nodes } }

    var keyWalk: KeyWalk { state.withLock { $0.map }.keyWalk }

    /// The master of a slot; nil without one.
    func owner(of slot: UInt16) -> RedisEndpoint? { state.withLock { $0.map.owner(of: slot) } }

    var fault: RedisFault? {
        let (fault, connections) = state.withLock { ($0.fault, $0.connections) }
        let faults = connections.compactMap { endpoint, connection in
            connection.fault.map { (server: "\(endpoint)", fault: $0) }
        }
        return fault ?? (faults.isEmpty ? nil : .of(faults))
    }

    func route(_ commands: CommandBuffer) -> RoutedCall {
        let map = state.withLock { $0.map }
        var routed = RoutedCall()
        var positions: [RedisEndpoint: Int] = [:]
        // Neighbouring commands rarely share a node, so each is looked up.
        for index in 0..<commands.count {
            guard let owner = map.owner(of: commands.slots[index]) else {
                routed.failures.append((index, ownerless))
                continue
            }
            let position = positions[owner] ?? routed.parts.count
            if position == routed.parts.count {
                do throws(RedisCallFailure) {
                    let connection = try connection(to: owner)
                    routed.parts.append(
                        RoutedCommands(connection: connection, commands: CommandBuffer(), indices: []))
                } catch {
                    routed.failures.append((index, error))
                    continue
                }
                positions[owner] = position
            }
            routed.parts[position].commands.append(index, of: commands)
            routed.parts[position].indices?.append(index)
        }
        if !routed.failures.isEmpty { refresh() }
        return routed
    }

    private var ownerless: RedisCallFailure {
        .unavailable(state.withLock { $0.fault } ?? .clusterDown, retryAfter: RedisLimits.longestRetry)
    }

    /// Returns the connection to a node, which a redirection may have named.
    func connection(to endpoint: RedisEndpoint) throws(RedisCallFailure) -> RedisConnection {
        if let known = state.withLock({ $0.connections[endpoint] }) { return known }
        let opened = try? RedisConnection(.server(endpoint), connector) { [weak state] in
            state?.change { (($0.needsRefresh = true), wakes: true) }
        }
        guard let opened else { throw .unavailable(.system(EMFILE), retryAfter: RedisLimits.longestRetry) }
        // Two callers may open a connection at once: all use the first.
        return state.withLock { state in
            if let known = state.connections[endpoint] { return known }
            state.connections[endpoint] = opened
            return opened
        }
    }

    /// Notes that another node owns a slot now.
    func move(_ slot: UInt16, to endpoint: RedisEndpoint) {
        state.withLock { $0.map.move(slot, to: endpoint) }
    }

    /// Asks for a refresh of the slot map.
    func refresh() {
        state.change { (($0.needsRefresh = true), wakes: true) }
    }

    /// Refreshes the map on demand until the cluster is closed; runs on a thread of its own.
    private static func keepRefreshing(_ state: Monitor<State>, _ connector: RedisConnector) {
        while true {
            let isClosed = state.wait { state in
                guard state.needsRefresh || state.isClosed else { return nil as Bool? }
                state.needsRefresh = false
                return state.isClosed
            }
            if isClosed { return }
            if refresh(state, connector) != nil { state.withLock { $0.needsRefresh = true } }
            // Many redirections cost one refresh.
            usleep(100_000)
        }
    }

    /// Asks one node after the other for the map; returns their faults when none has it.
    private static func refresh(_ state: Monitor<State>, _ connector: RedisConnector) -> RedisFault? {
        var faults: [(server: String, fault: RedisFault)] = []
        for endpoint in state.withLock({ $0.endpoints }) {
            do {
                let map = try slotMap(of: endpoint, connector)
                state.withLock { $0.replaceMap(with: map) }
                return nil
            } catch {
                faults.append(("\(endpoint)", error))
            }
            if state.withLock({ $0.isClosed }) { break }
        }
        let fault = RedisFault.of(faults)
        state.withLock { $0.fault = fault }
        return fault
    }

    private static func slotMap(of endpoint: RedisEndpoint, _ connector: RedisConnector) throws(RedisFault) -> SlotMap {
        let deadline = ContinuousClock.now + connector.times.connect
        let client = try connector.connect(to: endpoint, until: deadline)
        guard let reply = try client.ask([["CLUSTER", "SLOTS"]], until: deadline).first else { throw .notRedis }
        if case .error(let text) = reply, text.contains("cluster support disabled") { throw .isNoCluster }
        if let fault = reply.fault { throw fault }
        guard let map = SlotMap(reply, from: endpoint) else { throw .notRedis }
        // A node that has not joined a cluster yet has no slots.
        guard !map.nodes.isEmpty else { throw .clusterDown }
        return map
    }
}
