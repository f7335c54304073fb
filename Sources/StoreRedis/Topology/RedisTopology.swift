import Repositories
import Synchronization

/// The servers of a store, and which of them executes which command.
protocol RedisTopology: Sendable {
    /// The cluster, whose nodes redirect commands; nil for a single server, which must not.
    var cluster: ClusterTopology? { get }

    /// Splits a call's commands by connection; each part keeps their order.
    func route(_ commands: CommandBuffer) -> RoutedCall

    /// The servers that a health check asks, the likeliest to answer first.
    var targets: [RedisTarget] { get }

    /// What keeps any of the connections from being open.
    var fault: RedisFault? { get }
}

/// A call's commands by connection, and those that no connection can take.
struct RoutedCall: Sendable {
    var parts: [RoutedCommands] = []
    var failures: [(index: Int, failure: RedisCallFailure)] = []
}

/// The commands of a call that go to one connection.
struct RoutedCommands: Sendable {
    var connection: RedisConnection
    var commands: CommandBuffer
    /// The index in the call of each command, preludes left out; nil when the commands are the whole call.
    var indices: [Int]?
}

/// One server, or the primary that sentinels name, with one connection or with several in turn.
final class SingleServer: RedisTopology {
    let targets: [RedisTarget]
    private let connections: [RedisConnection]
    private let turn = Atomic<Int>(0)

    /// Starts to connect, and waits for the outcome of the first attempt.
    init(_ target: RedisTarget, _ connector: RedisConnector, connections count: Int) throws(StoreOpenError) {
        targets = [target]
        connections = try (0..<count).map { _ throws(StoreOpenError) in try RedisConnection(target, connector) }
        if let fault = connections[0].waitForFirstAttempt() { throw .notOpened(fault) }
    }

    var cluster: ClusterTopology? { nil }
    var fault: RedisFault? { connections.lazy.compactMap(\.fault).first }

    func route(_ commands: CommandBuffer) -> RoutedCall {
        let number = turn.wrappingAdd(1, ordering: .relaxed).newValue & Int.max
        return RoutedCall(parts: [
            RoutedCommands(connection: connections[number % connections.count], commands: commands)
        ])
    }
}
