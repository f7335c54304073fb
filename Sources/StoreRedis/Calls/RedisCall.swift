import Bureau
import Platform
import Repositories

/// One call of the repository: sends its commands, waits for all replies, and sends again what servers redirect.
struct RedisCall<Decoder: ReplyDecoder> {
    let topology: any RedisTopology
    let commands: CommandBuffer
    let decoder: Decoder
    let script: EventScript
    let deadline: ContinuousClock.Instant
    private(set) var values: [Decoder.Value] = []
    /// Why commands have no value, by their index.
    private(set) var failures: [Int: RedisCallFailure] = [:]
    /// How many commands were sent again, because a server redirected them or was not ready.
    private(set) var resendCount = 0
    /// The commands that a broken connection had sent before they were sent again.
    private var possiblyExecuted: Set<Int> = []
    private lazy var redirections = Redirections()

    /// Returns the finished call, which has a value or a failure for each command.
    static func run(
        _ commands: CommandBuffer, on topology: any RedisTopology, _ decoder: Decoder, script: EventScript,
        deadline: ContinuousClock.Instant
    ) async -> RedisCall {
        var call = RedisCall(
            topology: topology, commands: commands, decoder: decoder, script: script, deadline: deadline)
        if commands.count > 0 { await call.run() }
        return call
    }

    private init(
        topology: any RedisTopology, commands: CommandBuffer, decoder: Decoder, script: EventScript,
        deadline: ContinuousClock.Instant
    ) {
        self.topology = topology
        self.commands = commands
        self.decoder = decoder
        self.script = script
        self.deadline = deadline
    }

    private mutating func run() async {
        var routed = topology.route(commands)
        note(routed.failures)
        while !routed.parts.isEmpty {
            let refusals = collect(await send(routed.parts), of: routed.parts)
            guard !refusals.isEmpty else { return }
            let step = nextStep(refusals)
            guard !step.resends.isEmpty else { return }
            if step.pause > .zero { try? await Task.sleep(for: step.pause) }
            guard deadline > .now else {
                let fault = refusals.last?.error.fault ?? .timedOut
                return note(step.resends.map { ($0.index, .unavailable(fault, retryAfter: RedisLimits.shortestRetry)) })
            }
            resendCount += step.resends.count
            routed = route(step.resends)
            note(routed.failures)
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

    /// Collects the values and failures, and returns the refused commands.
    private mutating func collect(
        _ pipelines: [DecodingPipeline<Decoder>], of routed: [RoutedCommands]
    ) -> [RefusedCommand] {
        var refusals: [RefusedCommand] = []
        for (pipeline, part) in zip(pipelines, routed) {
            for var refusal in pipeline.refusals {
                // A single server must not redirect.
                if topology.cluster == nil, refusal.error.fault == .isCluster { refusal.error = .fault(.isCluster) }
                if pipeline.isResent { possiblyExecuted.insert(refusal.index) }
                refusals.append(refusal)
            }
            let faults = pipeline.refusals.lazy.map(\.error.fault)
            if faults.contains(.readOnly) { part.connection.leaveReplica() }
            if faults.contains(where: { $0 == .fewReplicas || $0 == .masterDown }) { part.connection.doubtPrimary() }
            if let indices = part.indices {
                if values.isEmpty { values = Array(repeating: Decoder.placeholder, count: commands.count) }
                for (index, value) in zip(indices, pipeline.values) { values[index] = value }
            } else {
                values = pipeline.values
            }
            note(pipeline.corruptIndices.map { ($0, .corrupt) })
            if let failure = pipeline.failure {
                let indices = part.indices ?? Array(0..<commands.count)
                note(indices.dropFirst(pipeline.values.count).map { ($0, failure) })
            }
        }
        if values.count < commands.count {
            values += repeatElement(Decoder.placeholder, count: commands.count - values.count)
        }
        return refusals.sorted { $0.index < $1.index }
    }

    private mutating func nextStep(_ refusals: [RefusedCommand]) -> Redirections.Step {
        var random = SystemRandomNumberGenerator()
        let step = redirections.next(refusals, using: &random)
        for (slot, endpoint) in step.moves { topology.cluster?.move(slot, to: endpoint) }
        if step.needsRefresh { topology.cluster?.refresh() }
        note(step.failures.map { ($0.index, RedisCallFailure($0.error)) })
        return step
    }

    /// Notes failures; a command that may have been executed before is lost.
    private mutating func note(_ new: [(Int, RedisCallFailure)]) {
        for (index, failure) in new {
            if possiblyExecuted.contains(index), case .unavailable(let fault, let retryAfter) = failure {
                failures[index] = .lost(fault, retryAfter: retryAfter)
            } else {
                failures[index] = failure
            }
        }
    }

    /// Splits the commands to send again by connection, each with the prelude that it needs.
    private func route(_ resends: [Redirections.Resend]) -> RoutedCall {
        var routed = RoutedCall()
        for resend in resends {
            let connection: RedisConnection
            do throws(RedisCallFailure) {
                connection = try self.connection(for: resend)
            } catch {
                routed.failures.append((resend.index, error))
                continue
            }
            let position = routed.parts.firstIndex { $0.connection === connection } ?? routed.parts.count
            if position == routed.parts.count {
                routed.parts.append(RoutedCommands(connection: connection, commands: CommandBuffer(), indices: []))
                if resend.route == .ownerWithScript {
                    routed.parts[position].commands.prelude("SCRIPT", "LOAD", script.text)
                }
            }
            if case .asking = resend.route { routed.parts[position].commands.prelude("ASKING") }
            routed.parts[position].commands.append(resend.index, of: commands)
            routed.parts[position].indices?.append(resend.index)
        }
        return routed
    }

    private func connection(for resend: Redirections.Resend) throws(RedisCallFailure) -> RedisConnection {
        if case .asking(let endpoint) = resend.route, let cluster = topology.cluster {
            return try cluster.connection(to: endpoint)
        }
        var single = CommandBuffer()
        single.append(resend.index, of: commands)
        let routed = topology.route(single)
        guard let part = routed.parts.first else {
            throw routed.failures.first?.failure ?? .unavailable(.clusterDown, retryAfter: RedisLimits.longestRetry)
        }
        return part.connection
    }
}

/// Why a command has no value.
enum RedisCallFailure: Error, Hashable {
    /// A server cannot be reached or cannot accept work now; nothing was written.
    case unavailable(RedisFault, retryAfter: Duration)
    /// The command may have been executed, or its first half was.
    case lost(RedisFault, retryAfter: Duration)
    /// The stored data has another shape.
    case corrupt

    /// The failure of a command that a server refused for good.
    init(_ error: RedisServerError) {
        switch error {
        case .fault(.wrongData): self = .corrupt
        case .halfWritten(let fault): self = .lost(fault, retryAfter: RedisLimits.longestRetry)
        default: self = .unavailable(error.fault, retryAfter: RedisLimits.longestRetry)
        }
    }

    var fault: RedisFault {
        switch self {
        case .unavailable(let fault, _), .lost(let fault, _): fault
        case .corrupt: .wrongData(code: "WRONGTYPE")
        }
    }

    /// - Parameter writes: whether the command changes the store, so that a lost one may have had an effect.
    func storeError(writes: Bool) -> StoreError {
        switch self {
        case .corrupt: .corrupt(.c)
        case .lost(let fault, _) where writes: .outcomeUnknown(.c, StoreReason(fault))
        case .unavailable(let fault, let retryAfter), .lost(let fault, let retryAfter):
            .unavailable(
                .c, StoreReason(fault),
                retryAfterMilliseconds: Int((retryAfter / .milliseconds(1)).rounded(.up)))
        }
    }
}
