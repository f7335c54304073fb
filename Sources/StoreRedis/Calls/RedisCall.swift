import Bureau
import Platform
import Repositories

/// One call of the repository: sends its commands, waits for all replies, and sends again what servers redirect.
struct RedisCall<Decoder: ReplyDecoder> {
    let topology: any RedisTopology
    let commands: CommandBuffer
    let decoder: Decoder
    let script: RecordingScript
    private let deadline = ContinuousClock.now + RedisLimits.callTime
    private var values: [Decoder.Value] = []
    /// Whether a command was answered with a value.
    private var hasSucceeded = false
    private lazy var redirections = Redirections()

    /// Returns a value for each command.
    ///
    /// - Parameter writes: whether the commands change the store, so that a failed call may have had an effect.
    static func run(
        _ commands: CommandBuffer, on topology: any RedisTopology, _ decoder: Decoder, script: RecordingScript,
        writes: Bool
    ) async throws(StoreError) -> [Decoder.Value] {
        guard commands.count > 0 else { return [] }
        var call = RedisCall(topology: topology, commands: commands, decoder: decoder, script: script)
        do throws(RedisCallFailure) {
            try await call.run()
            return call.values
        } catch {
            let wasLost = if case .lost = error { true } else { false }
            throw error.storeError(mayHaveWritten: writes && (call.hasSucceeded || wasLost))
        }
    }

    private mutating func run() async throws(RedisCallFailure) {
        var routed = try topology.route(commands)
        while true {
            let refusals = try collect(await send(routed), of: routed)
            guard !refusals.isEmpty else { return }
            let step = try nextStep(refusals)
            if step.pause > .zero { try? await Task.sleep(for: step.pause) }
            guard deadline > .now else { throw .unavailable(retryAfter: RedisLimits.shortestRetry) }
            routed = try route(step.resends)
        }
    }

    private func send(_ routed: [RoutedCommands]) async -> [DecodingPipeline<Decoder>] {
        var pipelines: [DecodingPipeline<Decoder>] = []
        await withCancellation { cancellation, complete in
            let pending = PendingPipelines(routed.count) { complete(()) }
            pipelines = routed.map { part in
                DecodingPipeline(
                    part.commands, indices: part.indices, decoder, deadline: deadline, cancellation: cancellation,
                    pending: pending)
            }
            for (part, pipeline) in zip(routed, pipelines) { part.connection.submit(pipeline) }
        } cancel: { cancellation in
            for part in routed { part.connection.withdraw(cancellation) }
        }
        return pipelines
    }

    /// Collects the values and returns the refused commands.
    private mutating func collect(
        _ pipelines: [DecodingPipeline<Decoder>], of routed: [RoutedCommands]
    ) throws(RedisCallFailure) -> [RefusedCommand] {
        var refusals: [RefusedCommand] = []
        var failure: RedisCallFailure?
        for (pipeline, part) in zip(pipelines, routed) {
            if pipeline.values.count > pipeline.refusals.count { hasSucceeded = true }
            for var refusal in pipeline.refusals {
                // A single server must not redirect.
                if topology.cluster == nil, refusal.error.fault == .isCluster { refusal.error = .fault(.isCluster) }
                if case .fault(let fault) = refusal.error { part.connection.note(fault) }
                refusals.append(refusal)
            }
            switch pipeline.failure {
            case nil: if pipeline.isCorrupt { failure = .corrupt }
            // A possible write matters more than a command that was not sent.
            case .unavailable: failure = failure ?? pipeline.failure
            case .lost, .corrupt: failure = pipeline.failure
            }
            if let indices = part.indices {
                if values.isEmpty { values = Array(repeating: Decoder.placeholder, count: commands.count) }
                for (index, value) in zip(indices, pipeline.values) { values[index] = value }
            } else {
                values = pipeline.values
            }
        }
        if let failure { throw failure }
        return refusals.sorted { $0.index < $1.index }
    }

    private mutating func nextStep(_ refusals: [RefusedCommand]) throws(RedisCallFailure) -> Redirections.Step {
        do {
            var random = SystemRandomNumberGenerator()
            let step = try redirections.next(refusals, using: &random)
            for (slot, endpoint) in step.moves { topology.cluster?.move(slot, to: endpoint) }
            if step.needsRefresh { topology.cluster?.refresh() }
            return step
        } catch {
            throw error == .wrongData ? .corrupt : .unavailable(retryAfter: RedisLimits.longestRetry)
        }
    }

    /// Splits the commands to send again by connection, each with the prelude that it needs.
    private func route(_ resends: [Redirections.Resend]) throws(RedisCallFailure) -> [RoutedCommands] {
        var routed: [RoutedCommands] = []
        for resend in resends {
            let connection = try connection(for: resend)
            let position = routed.firstIndex { $0.connection === connection } ?? routed.count
            if position == routed.count {
                routed.append(RoutedCommands(connection: connection, commands: CommandBuffer(), indices: []))
                if resend.route == .ownerWithScript {
                    routed[position].commands.prelude("SCRIPT", "LOAD", script.text)
                }
            }
            if case .asking = resend.route { routed[position].commands.prelude("ASKING") }
            routed[position].commands.append(resend.index, of: commands)
            routed[position].indices?.append(resend.index)
        }
        return routed
    }

    private func connection(for resend: Redirections.Resend) throws(RedisCallFailure) -> RedisConnection {
        if case .asking(let endpoint) = resend.route, let cluster = topology.cluster {
            return try cluster.connection(to: endpoint)
        }
        var single = CommandBuffer()
        single.append(resend.index, of: commands)
        return try topology.route(single)[0].connection
    }
}

/// Why a call, or a pipeline of it, cannot go on.
enum RedisCallFailure: Error, Hashable {
    /// A server cannot be reached or cannot accept work now; nothing was sent.
    case unavailable(retryAfter: Duration)
    /// A connection broke with commands in flight, which may have been executed or not.
    case lost(retryAfter: Duration)
    case corrupt

    private static let reason = StoreReason(.unreachable, "Redis cannot be reached")

    /// - Parameter mayHaveWritten: whether a command of this call may have changed the store.
    func storeError(mayHaveWritten: Bool) -> StoreError {
        switch self {
        case .corrupt: .corrupt(.c)
        case .unavailable where mayHaveWritten, .lost where mayHaveWritten: .outcomeUnknown(.c, Self.reason)
        case .unavailable(let retryAfter), .lost(let retryAfter):
            .unavailable(.c, Self.reason, retryAfterMilliseconds: Int((retryAfter / .milliseconds(1)).rounded(.up)))
        }
    }
}

/// Decides what a call does about refused commands: where each goes next, after which pause, or that the call fails.
struct Redirections {
    private var attempts = 1
    private var backoff = RedisLimits.backoff
    private var hasPaused = false

    /// How a command is sent again.
    enum Route: Hashable {
        /// To the current owner of its slot.
        case owner
        /// To this node, after ASKING.
        case asking(RedisEndpoint)
        /// To the current owner of its slot, after the script.
        case ownerWithScript
    }

    /// A command to send again, by its index in the call.
    struct Resend: Hashable {
        var index: Int
        var route: Route
    }

    struct Step: Hashable {
        /// The commands to send again, in order.
        var resends: [Resend] = []
        /// The new owners of slots.
        var moves: [UInt16: RedisEndpoint] = [:]
        var needsRefresh = false
        var pause = Duration.zero
    }

    /// - Parameter refusals: the commands refused in the last attempt, ascending.
    /// - Throws: the fault that ends the call.
    mutating func next(
        _ refusals: [RefusedCommand], using random: inout some RandomNumberGenerator
    ) throws(RedisFault) -> Step {
        var step = Step()
        var pauses = false
        for refusal in refusals {
            var route = Route.owner
            switch refusal.error {
            case .fault(let fault): throw fault
            case .moved(let slot, let endpoint):
                step.moves[slot] = endpoint
                step.needsRefresh = true
            case .ask(let endpoint): route = .asking(endpoint)
            case .noScript: route = .ownerWithScript
            case .tryAgain: pauses = true
            case .clusterDown:
                step.needsRefresh = true
                pauses = true
            }
            step.resends.append(Resend(index: refusal.index, route: route))
        }
        attempts += 1
        guard attempts <= RedisLimits.attempts else { throw refusals.last?.error.fault ?? .clusterDown }
        // A migrating slot and an election take a while.
        if pauses {
            step.pause = max(.milliseconds(1), hasPaused ? backoff.next(using: &random) : .zero)
            hasPaused = true
        }
        return step
    }
}
