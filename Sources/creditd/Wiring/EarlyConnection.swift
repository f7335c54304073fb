import Glibc
import JSONRPC
import MCP
import Platform

/// A connection that is read while the stores open, so that an assistant is greeted at once.
///
/// A client that opens with the Model Context Protocol is served although a store is down, and told why when the start
/// fails. To any other client the start looks as if nothing were read before the stores are open.
struct EarlyConnection: Sendable {
    /// How long a start that fails waits for the first message, which tells the protocol.
    private static let patience = Duration.seconds(1)
    /// How long an assistant that has gone waits for the stores, so that a start that fails is told all the same.
    private static let farewell = Duration.milliseconds(1_500)

    /// The tools, as soon as they are known.
    let tools = Deferred<ToolSet>()
    private let methods: AwaitedMethods
    private let session: MCPSession
    /// Whether the start has succeeded or failed.
    private let isSettled = Monitor(false)

    private let isOrdered: Bool

    init(isOrdered: Bool) throws(Connection.StartError) {
        guard let methods = AwaitedMethods() else { throw .outOfResources }
        self.methods = methods
        self.isOrdered = isOrdered
        session = MCPSession(
            identity: ServerIdentity(version: Creditd.version), tools: tools, isOrdered: isOrdered)
    }

    func connection(
        to output: Int32, limits: Limits, observer: (any CallObserver)? = nil
    ) throws(Connection.StartError) -> Connection {
        try Connection(
            input: 0, output: output, awaiting: methods, foreign: session, limits: limits, isOrdered: isOrdered,
            observer: observer)
    }

    /// Serves the client to the end. An assistant that has gone before the stores are open does not wait for them.
    func serve(_ connection: Connection) async throws(Connection.StartError) -> Connection.Ending {
        let ending = try await connection.serve()
        let isSettled = await OSThread.run { [isSettled, methods] in
            !methods.hasForeignClient(within: .zero)
                || isSettled.wait(until: .now + Self.farewell) { $0 ? true : nil } == true
        }
        if isSettled == false { ProcessGroups.exitAtOnce(0) }
        return ending
    }

    /// Whether the client is known to speak the Model Context Protocol.
    var isForeign: Bool { methods.hasForeignClient(within: .zero) }

    /// Whether the client speaks the Model Context Protocol, as its first message tells.
    func hasForeignClient() async -> Bool {
        await OSThread.run { [methods] in methods.hasForeignClient(within: Self.patience) } ?? false
    }

    /// Begins to serve what needs the stores.
    func succeed(with methods: MethodTable) {
        isSettled.update { $0 = true }
        self.methods.provide(methods)
    }

    /// Tells an assistant why the start has failed until it ends its input, and ends the reading for any other client;
    /// returns whether it is an assistant.
    func fail(_ connection: Connection, _ reason: String) async -> Bool {
        isSettled.update { $0 = true }
        session.failStart(reason)
        // Nobody at a terminal waits for an error because an assistant might be there.
        let isForeign = isatty(0) == 1 ? false : await hasForeignClient()
        let refusal = Failure(.internalError, reason: "cannot_start", message: "The daemon cannot start: \(reason)")
        methods.withhold(answering: isForeign ? refusal : nil)
        if !isForeign { connection.stop() }
        return isForeign
    }
}
