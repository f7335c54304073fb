import Glibc
import Platform

/// Finds out where a cluster's slots are, on a thread of its own.
final class ClusterScout: Sendable {
    private let access: Access
    private let state: Monitor<ClusterState>

    /// The pause after a look, so that many redirections cost one.
    private static let pauseMicroseconds: UInt32 = 100_000

    init(_ access: Access, _ state: Monitor<ClusterState>) {
        self.access = access
        self.state = state
    }

    /// Looks whenever somebody asks for it, until the cluster is closed.
    func run() {
        while state.wait({ $0.nextLook() }) {
            if look() != nil { state.withLock { $0.askForLook() } }
            usleep(Self.pauseMicroseconds)
        }
    }

    /// Asks one node after the other for the map; gives the last fault when none has one.
    func look() -> RedisFault? {
        var last = RedisFault.clusterDown
        let places = state.withLock { $0.placesToAsk }
        for place in places {
            do {
                let map = try map(of: place)
                state.withLock { $0.take(map) }
                return nil
            } catch {
                last = error
            }
            if state.withLock({ $0.isClosed }) { break }
        }
        state.withLock { $0.fault = last }
        return last
    }

    private func map(of place: Endpoint) throws(RedisFault) -> SlotMap {
        let deadline = Moment.now.adding(milliseconds: Limits.connectMilliseconds)
        let control = try access.open(place, until: deadline)
        let replies = try control.ask([["CLUSTER", "SLOTS"]], until: deadline)
        guard let reply = replies.first else { throw .notRedis }
        if case .error(let text) = reply, text.contains("cluster support disabled") { throw .isNoCluster }
        if let fault = reply.fault { throw fault }
        guard let map = SlotMap(reply, from: place) else { throw .notRedis }
        // A node that is not part of a cluster yet knows of no slots.
        guard !map.nodes.isEmpty else { throw .clusterDown }
        return map
    }
}
