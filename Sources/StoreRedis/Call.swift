import Repositories

/// One call of the repository on its way: sent, gathered, and sent again where servers redirect.
struct Call<Decoder: ReplyDecoder> {
    private let fleet: any Fleet
    private let commands: CommandBuffer
    private let decoder: Decoder
    private let script: [UInt8]
    private let deadline = Moment.now.adding(milliseconds: Limits.requestMilliseconds)
    private var values: [Decoder.Value] = []
    /// A command was answered with a value.
    private var hasSucceeded = false
    private var redirections = Redirections()
    private var random = SystemRandomNumberGenerator()

    init(_ commands: CommandBuffer, to fleet: any Fleet, _ decoder: Decoder, script: [UInt8]) {
        self.commands = commands
        self.fleet = fleet
        self.decoder = decoder
        self.script = script
    }

    /// Gives a value for each command.
    ///
    /// - Parameter writes: the commands change the store, so that a failure may come too late.
    static func run(
        _ commands: CommandBuffer, to fleet: any Fleet, _ decoder: Decoder, script: [UInt8], writes: Bool
    ) async throws(StoreError) -> [Decoder.Value] {
        guard commands.count > 0 else { return [] }
        var call = Call(commands, to: fleet, decoder, script: script)
        do throws(StoreFailure) {
            try await call.run()
            return call.values
        } catch {
            let wasLost = if case .lost = error { true } else { false }
            throw error.error(mayHaveWritten: writes && (call.hasSucceeded || wasLost))
        }
    }

    private mutating func run() async throws(StoreFailure) {
        var parts = try fleet.parts(of: commands)
        while true {
            let refusals = try take(await answers(of: parts), to: parts)
            guard !refusals.isEmpty else { return }
            let step = try nextStep(refusals)
            if step.pauseMilliseconds > 0 {
                try? await Task.sleep(for: .milliseconds(step.pauseMilliseconds))
            }
            guard deadline > .now else { throw .unavailable(retryAfterMilliseconds: Backoff.firstMilliseconds) }
            parts = try self.parts(for: step.routes)
        }
    }

    private func answers(of parts: [Part]) async -> [Answer<Decoder.Value>] {
        let cancellation = Cancellation()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let gathering = Gathering(parts.count, continuation)
                for (place, part) in parts.enumerated() {
                    part.connection.submit(
                        DecodedExchange(
                            part.commands, indices: part.indices, decoder, deadline: deadline,
                            cancellation: cancellation,
                            answers: { gathering.take($0, at: place) }))
                }
            }
        } onCancel: {
            cancellation.cancel()
            for part in parts { part.connection.withdraw(cancellation) }
        }
    }

    /// Puts the values in their places and gives the commands that were refused.
    private mutating func take(
        _ answers: [Answer<Decoder.Value>], to parts: [Part]
    ) throws(StoreFailure) -> [(index: Int, error: ServerError)] {
        var refusals: [(index: Int, error: ServerError)] = []
        var failure: StoreFailure?
        for (answer, part) in zip(answers, parts) {
            if answer.values.count > answer.refusals.count { hasSucceeded = true }
            for refusal in answer.refusals {
                let error = fleet.usesSlots ? refusal.error : refusal.error.ofSingleServer
                refusals.append((part.indices?[refusal.index] ?? refusal.index, error))
                if case .fault(let fault) = error { part.connection.note(fault) }
            }
            switch answer.ending {
            case .answered: if answer.isCorrupt { failure = .corrupt }
            // What may have been written outweighs what was not.
            case .lost(let milliseconds): failure = .lost(retryAfterMilliseconds: milliseconds)
            case .notSent(let milliseconds): failure = failure ?? .unavailable(retryAfterMilliseconds: milliseconds)
            }
            place(answer, of: part)
        }
        if let failure { throw failure }
        return refusals.sorted { $0.index < $1.index }
    }

    private mutating func place(_ answer: Answer<Decoder.Value>, of part: Part) {
        guard let indices = part.indices else {
            values = answer.values
            return
        }
        if values.isEmpty { values = Array(repeating: Decoder.placeholder, count: commands.count) }
        for (index, value) in zip(indices, answer.values) { values[index] = value }
    }

    private mutating func nextStep(
        _ refusals: [(index: Int, error: ServerError)]
    ) throws(StoreFailure) -> Redirections.Step {
        switch redirections.next(refusals, using: &random) {
        case .fails(.wrongData): throw .corrupt
        case .fails: throw .unavailable(retryAfterMilliseconds: Backoff.mostMilliseconds)
        case .again(let step):
            for (slot, endpoint) in step.moves { fleet.note(slot: slot, at: endpoint) }
            if step.needsRefresh { fleet.refresh() }
            return step
        }
    }

    /// The commands to send again, by connection, with what has to go before them.
    private func parts(for routes: [(index: Int, route: Redirections.Route)]) throws(StoreFailure) -> [Part] {
        var parts: [Part] = []
        for (index, route) in routes {
            var single = CommandBuffer()
            single.append(index, of: commands)
            let connection: Connection =
                if case .asking(let endpoint) = route { try fleet.connection(to: endpoint) } else {
                    try fleet.parts(of: single)[0].connection
                }
            let place = parts.firstIndex { $0.connection === connection } ?? parts.count
            if place == parts.count {
                parts.append(Part(connection: connection, commands: CommandBuffer(), indices: []))
                if route == .ownerWithScript {
                    parts[place].commands.prelude(Array("SCRIPT".utf8), Array("LOAD".utf8), script)
                }
            }
            if case .asking = route { parts[place].commands.prelude(Array("ASKING".utf8)) }
            parts[place].commands.append(index, of: commands)
            parts[place].indices?.append(index)
        }
        return parts
    }
}
