import JSONRPC
import MCP
import Platform
import Synchronization

/// A connection that is read while the stores open, so that an assistant is greeted at once.
///
/// A client that opens with the Model Context Protocol is served although a store is down. To any other client the start
/// looks as if nothing were read before the stores are open.
struct EarlyConnection: Sendable {
    /// How long a start that fails waits for the first message, which tells the protocol.
    private static let patience = Duration.seconds(1)

    /// The tools, as soon as they are known.
    let tools = Deferred<ToolSet>()
    private let methods: AwaitedMethods
    private let progress = Progress()

    private final class Progress: Sendable {
        let isReady = Atomic(false)
    }

    init() throws(Connection.StartError) {
        guard let methods = AwaitedMethods() else { throw .outOfResources }
        self.methods = methods
    }

    func connection(
        to output: Int32, limits: Limits, isOrdered: Bool, observer: (any CallObserver)? = nil
    ) throws(Connection.StartError) -> Connection {
        let session = MCPSession(identity: ServerIdentity(version: Creditd.version), tools: tools)
        return try Connection(
            input: 0, output: output, awaiting: methods, foreign: session, limits: limits, isOrdered: isOrdered,
            observer: observer)
    }

    /// Serves the client to the end. An assistant that has gone before the stores are open does not wait for them.
    func serve(_ connection: Connection) async throws(Connection.StartError) -> Connection.Ending {
        let ending = try await connection.serve()
        if !progress.isReady.load(ordering: .acquiring), methods.hasForeignClient(within: .zero) {
            ProcessGroups.exitAtOnce(0)
        }
        return ending
    }

    /// Whether the client speaks the Model Context Protocol.
    func hasForeignClient() async -> Bool {
        await OSThread.run { [methods] in methods.hasForeignClient(within: Self.patience) } ?? false
    }

    /// Begins to serve what needs the stores.
    func succeed(with methods: MethodTable) {
        progress.isReady.store(true, ordering: .releasing)
        self.methods.provide(methods)
    }

    /// Ends the reading, because the start has failed.
    func fail(_ connection: Connection) {
        tools.withhold()
        methods.withhold()
        connection.stop()
    }
}
