/// What a call does about the commands that were refused: where they go next, after which pause, or that it ends.
struct Redirections {
    private var attempts = 1
    private var pauses = Backoff()

    /// How a command is sent again.
    enum Route: Hashable {
        /// To the owner of its slot, as the map has it now.
        case owner
        /// To this node, after ASKING.
        case asking(Endpoint)
        /// To the owner of its slot, after the script.
        case ownerWithScript
    }

    struct Step: Equatable {
        /// The commands to send again, by their index in the call, in order.
        var routes: [(index: Int, route: Route)] = []
        var moves: [(slot: UInt16, to: Endpoint)] = []
        var needsRefresh = false
        var pauseMilliseconds = 0

        static func == (one: Step, other: Step) -> Bool {
            one.routes.elementsEqual(other.routes, by: ==) && one.moves.elementsEqual(other.moves, by: ==)
                && one.needsRefresh == other.needsRefresh && one.pauseMilliseconds == other.pauseMilliseconds
        }
    }

    enum Outcome: Equatable {
        case again(Step)
        case fails(RedisFault)
    }

    /// - Parameter refusals: the commands refused in the last attempt, by their index in the call, ascending.
    mutating func next(
        _ refusals: [(index: Int, error: ServerError)], using random: inout some RandomNumberGenerator
    ) -> Outcome {
        var step = Step()
        var waits = false
        for (index, error) in refusals {
            switch error {
            case .fault(let fault): return .fails(fault)
            case .moved(let slot, let endpoint):
                step.routes.append((index, .owner))
                step.moves.append((slot, endpoint))
                step.needsRefresh = true
            case .ask(let endpoint): step.routes.append((index, .asking(endpoint)))
            case .noScript: step.routes.append((index, .ownerWithScript))
            case .tryAgain:
                step.routes.append((index, .owner))
                waits = true
            case .clusterDown:
                step.routes.append((index, .owner))
                step.needsRefresh = true
                waits = true
            }
        }
        attempts += 1
        guard attempts <= Limits.attempts else { return .fails(refusals.last?.error.fault ?? .clusterDown) }
        if waits {
            // A slot on its way and an election take a moment.
            step.pauseMilliseconds = max(1, pauses.nextMilliseconds(using: &random))
        }
        return .again(step)
    }
}
