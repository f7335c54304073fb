import Synchronization

/// One server, by one connection or several that take turns.
final class SingleServer: Fleet {
    let endpoints: [Endpoint]
    private let connections: [Connection]
    private let turn = Atomic<Int>(0)

    /// Begins to connect; `fault` tells what the first attempt came to, when there is nothing to wait for.
    init(_ endpoint: Endpoint, _ access: Access, connections count: Int) throws(RedisOpenError) {
        var connections: [Connection] = []
        for _ in 0..<count { connections.append(try Connection(endpoint, access)) }
        endpoints = [endpoint]
        self.connections = connections
        if let fault = connections[0].waitForFirstAttempt(), fault.isPermanent { throw .refused(fault) }
    }

    var usesSlots: Bool { false }
    var fault: RedisFault? { connections.lazy.compactMap(\.fault).first }

    func parts(of commands: CommandBuffer) -> [Part] {
        [Part(connection: nextConnection, commands: commands)]
    }

    func connection(to endpoint: Endpoint) throws(StoreFailure) -> Connection {
        // Only a node of a cluster redirects.
        throw .unavailable(retryAfterMilliseconds: Limits.connectMilliseconds)
    }

    func note(slot: UInt16, at endpoint: Endpoint) {}

    func refresh() {}

    private var nextConnection: Connection {
        let number = turn.wrappingAdd(1, ordering: .relaxed).newValue & Int.max
        return connections[number % connections.count]
    }
}
