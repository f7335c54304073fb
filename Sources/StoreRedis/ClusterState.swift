/// What a cluster's callers and its scout share.
struct ClusterState {
    let seeds: [Endpoint]
    var map = SlotMap()
    var connections: [Endpoint: Connection] = [:]
    /// Why there is no map; nil when the last look gave one.
    var fault: RedisFault?
    var isClosed = false
    private var wantsLook = false

    init(seeds: [Endpoint]) {
        self.seeds = seeds
    }

    /// The nodes first, since the seeds may be long gone.
    var placesToAsk: [Endpoint] {
        let live = map.nodes.filter { connections[$0]?.isUp == true }
        return (live + map.nodes + seeds).reduce(into: []) { places, place in
            if !places.contains(place) { places.append(place) }
        }
    }

    mutating func askForLook() {
        wantsLook = true
    }

    /// What the scout waits for: true to look, false to end.
    mutating func nextLook() -> Bool? {
        if isClosed { return false }
        guard wantsLook else { return nil }
        wantsLook = false
        return true
    }

    /// Takes a new map in; connections to nodes that are no masters any more are let go.
    mutating func take(_ map: SlotMap) {
        self.map = map
        fault = nil
        connections = connections.filter { map.nodes.contains($0.key) }
    }
}
