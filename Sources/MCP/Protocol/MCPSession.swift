import JSON
import JSONRPC
import Platform
import Synchronization

/// One client of the Model Context Protocol, in both of its eras: with a handshake, and stateless. It offers tools
/// only.
///
/// Plain requests on the same stream are none of its business; see `Router`.
public final class MCPSession: ForeignProtocol {
    /// What a session remembers between messages.
    struct State {
        /// What the client agreed to by `initialize`; nil before.
        var handshake: RequestContext?
        /// The ids of the requests `subscriptions/listen` that are open.
        var listens: [[UInt8]] = []
        var consents = Consents()
        /// Why the daemon cannot start; nil while it may.
        var failedStart: String?
    }

    /// The most subscriptions that are open at a time.
    private static let maximumListens = 16

    let identity: ServerIdentity
    private let tools: Deferred<ToolSet>
    /// Whether answers leave in the order of their requests, so that one that waits for its user would hold all others.
    let isOrdered: Bool
    let state = Mutex(State())

    public init(identity: ServerIdentity, tools: Deferred<ToolSet>, isOrdered: Bool = false) {
        self.identity = identity
        self.tools = tools
        self.isOrdered = isOrdered
    }

    /// Notes why there will be no tools, and ends the wait for them.
    public func failStart(_ reason: String) {
        state.withLock { $0.failedStart = reason }
        tools.withhold()
    }

    /// Why there are no tools.
    private var withheldTools: MCPError {
        state.withLock { $0.failedStart }.map { .cannotStart($0) } ?? .ending
    }

    public func take(_ call: ForeignCall) -> [ForeignAct]? {
        guard call.id != nil else { return takeNotification(call) }
        guard let method = MCPMethod(call.method) else { return nil }
        do throws(MCPError) {
            try checkID(call)
            return try answer(method, call)
        } catch {
            let id = call.id?.isRequestID == true ? call.reply.id : Array("null".utf8)
            return [error.count, .answer(call.reply, error.response(to: id), isError: true)]
        }
    }

    /// Requests have a string or an integer as their id, which no open request has.
    private func checkID(_ call: ForeignCall) throws(MCPError) {
        guard call.id?.isRequestID == true else {
            throw .invalidRequest("wrong_id_type", "The id is neither a string nor an integer.")
        }
        let id = call.reply.id
        guard !state.withLock({ $0.listens.contains(id) || $0.consents.isWaiting(id) }) else {
            throw .invalidRequest("duplicate_id", "The id is that of an open request.")
        }
    }

    private func answer(_ method: MCPMethod, _ call: ForeignCall) throws(MCPError) -> [ForeignAct] {
        if let params = call.params, params.kind != .object {
            throw .invalidParams("wrong_type", "The params are one object.")
        }
        guard call.params?.duplicateKey == nil else {
            throw .invalidParams("duplicate_key", "An object of the params has a key twice.")
        }
        switch method {
        case .initialize:
            if call.isInBatch { throw .invalidRequest("in_batch", "A batch has no initialize.") }
            return [try initialize(call)]
        case .ping:
            let version = try context(of: call, isOptional: true)?.version ?? .latestWithHandshake
            return [.answer(call.reply, identity.response(to: call.reply.id, version), isError: false)]
        case .discover:
            _ = try statelessContext(of: call)
            return [.answer(call.reply, identity.discovery(to: call.reply.id), isError: false)]
        case .listen: return [try listen(call)]
        case .listTools: return [try listTools(call)]
        case .callTool: return try callTool(call)
        }
    }

    /// Returns the context of a request; throws when there is none, unless it is optional.
    private func context(of call: ForeignCall, isOptional: Bool = false) throws(MCPError) -> RequestContext? {
        let meta = RequestMeta(of: call.params)
        if meta.statesVersion { return try meta.context() }
        let handshake = state.withLock { $0.handshake }
        if handshake == nil, !isOptional { return try meta.context() }
        return handshake
    }

    /// Returns the context of a method that only the stateless protocol has.
    private func statelessContext(of call: ForeignCall) throws(MCPError) -> RequestContext {
        let meta = RequestMeta(of: call.params)
        if !meta.statesVersion, state.withLock({ $0.handshake != nil }) { throw .methodNotFound }
        return try meta.context()
    }

    /// Agrees to the version that the client asks for, or offers the newest with a handshake. A client that begins anew
    /// has its session begin anew.
    private func initialize(_ call: ForeignCall) throws(MCPError) -> ForeignAct {
        guard let asked = call.params?["protocolVersion"], asked.kind == .string else {
            throw .invalidParams("missing", "The params need protocolVersion.")
        }
        let known = ProtocolVersion.allCases.first { $0.hasHandshake && asked.equals($0) }
        let version = known ?? .latestWithHandshake
        let context = RequestContext(
            version: version,
            canElicit: version.hasElicitationRequests && RequestContext.canElicit(call.params?["capabilities"]))
        state.withLock { $0.handshake = context }
        return .answer(call.reply, identity.handshake(version, to: call.reply.id), isError: false)
    }

    private func listTools(_ call: ForeignCall) throws(MCPError) -> ForeignAct {
        guard let version = try context(of: call)?.version else { throw .methodNotFound }
        if let cursor = call.params?["cursor"], !cursor.isNull {
            throw .invalidParams("wrong_cursor", "There is one page, and no cursor to another.")
        }
        guard let tools = tools.wait() else { throw withheldTools }
        let response = identity.response(to: call.reply.id, version, isCacheable: true) { result in
            result.key("tools")
            tools.writeList(for: version, to: &result)
        }
        return .answer(call.reply, response, isError: false)
    }

    private func callTool(_ call: ForeignCall) throws(MCPError) -> [ForeignAct] {
        guard let context = try context(of: call), let params = call.params else {
            throw .invalidParams("missing", "The params need the name of a tool.")
        }
        guard let name = params["name"], name.kind == .string else {
            throw .invalidParams("missing", "The params need the name of a tool.")
        }
        let arguments = params["arguments"].flatMap { $0.isNull ? nil : $0 }
        if let arguments, arguments.kind != .object {
            throw .invalidParams("wrong_type", "The arguments are one object.")
        }
        guard let tools = tools.wait() else {
            guard let reason = state.withLock({ $0.failedStart }) else { throw .ending }
            let text = "cannot_start: The daemon cannot start: \(reason)\nNext: do not repeat the call; tell the user."
            let failure = ToolCall.failure(text, to: call.reply.id, context.version, identity)
            return [.answer(call.reply, failure, isError: true)]
        }
        guard let tool = tools.tool(named: name) else {
            throw .invalidParams("unknown_tool", "There is no such tool; tools/list has all.")
        }
        let text: [UInt8]
        do throws(ToolFailure) {
            text = try begin(tool, of: tools, with: arguments, params, context)
        } catch {
            let failure = ToolCall.failure(error.text, to: call.reply.id, context.version, identity)
            return [error.count(for: tool), .answer(call.reply, failure, isError: true)]
        }
        let toolCall = ToolCall(
            tool, params: text, RequestMeta(of: params), context.version, reply: call.reply, identity: identity,
            refusedCalls: tools.refusedCalls)
        guard tool.isDestructive else { return [toolCall.act] }
        return try askForConsent(toolCall, context, params)
    }

    /// Begins a call. One that brings back its user's answer is the call that was counted when it asked.
    private func begin(
        _ tool: Tool, of tools: ToolSet, with arguments: Value?, _ params: Value, _ context: RequestContext
    ) throws(ToolFailure) -> [UInt8] {
        if tool.isDestructive, !context.version.hasHandshake, let key = params["requestState"],
            params["inputResponses"]?[Self.question] != nil
        {
            let text = try tool.params(from: arguments)
            if state.withLock({ $0.consents.isAsked(key, of: tool, text) }) { return text }
        }
        return try tools.begin(tool, with: arguments)
    }

    /// Opens a subscription, which nothing ever happens on: the tools of a process stay the same.
    private func listen(_ call: ForeignCall) throws(MCPError) -> ForeignAct {
        _ = try statelessContext(of: call)
        if call.isInBatch { throw .invalidRequest("in_batch", "A batch has no subscriptions/listen.") }
        guard call.params?["notifications"]?.kind == .object else {
            throw .invalidParams("missing", "The params need notifications, an object.")
        }
        let id = call.reply.id
        let isOpen = state.withLock { state in
            guard state.listens.count < Self.maximumListens else { return false }
            state.listens.append(id)
            return true
        }
        guard isOpen else { throw .invalidRequest("limit_reached", "Too many subscriptions are open.") }
        var writer = Writer()
        writer.object { message in
            message.key("jsonrpc")
            message.string("2.0")
            message.key("method")
            message.string("notifications/subscriptions/acknowledged")
            message.key("params")
            message.object { params in
                params.key("_meta")
                params.object { meta in
                    meta.key("io.modelcontextprotocol/subscriptionId")
                    id.withUnsafeBufferPointer { meta.verbatim($0) }
                }
                params.key("notifications")
                params.object { _ in }
            }
        }
        return .answer(call.reply, writer.take(), isError: false)
    }

    /// Takes a notification; nil for one that is none of this protocol. Those that need no act are ignored.
    private func takeNotification(_ call: ForeignCall) -> [ForeignAct]? {
        guard MCPMethod(call.method) != nil || call.method.string?.hasPrefix("notifications/") == true else {
            return nil
        }
        guard call.method.equals("notifications/cancelled"), let id = call.params?["requestId"], id.isRequestID else {
            return []
        }
        let text = Array(id.rawText)
        return state.withLock { state in
            if let index = state.listens.firstIndex(of: text) {
                state.listens.remove(at: index)
                return []
            }
            return state.consents.cancel(text) ?? [.cancel(id: text)]
        }
    }

    public func finish() -> [ForeignAct] {
        let (listens, waiting) = state.withLock { state in
            defer { state.listens = [] }
            return (state.listens, state.consents.takeAll())
        }
        return waiting.map { $0.refusal(Consents.ended) }
            + listens.map { .conclude(identity.response(to: $0, .july2026, isSubscription: true)) }
    }
}

/// A request that a client of the protocol may send.
private enum MCPMethod: String, CaseIterable {
    case initialize = "initialize"
    case ping = "ping"
    case discover = "server/discover"
    case listen = "subscriptions/listen"
    case listTools = "tools/list"
    case callTool = "tools/call"

    init?(_ name: Value) {
        guard let method = Self.allCases.first(where: { name.equals($0) }) else { return nil }
        self = method
    }
}

extension Value {
    /// Whether the value is a string or an integer, as the ids of the protocol are.
    fileprivate var isRequestID: Bool {
        kind == .string || kind == .number && rawText.allSatisfy { $0 == 0x2D || 0x30...0x39 ~= $0 }
    }

    fileprivate func equals(_ other: some RawRepresentable<String>) -> Bool {
        var text = other.rawValue
        return text.withUTF8 { equals($0) }
    }
}
