import Platform

/// Decides what a call does about refused commands: where each goes next, after which pause, or that it fails.
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
        /// The commands that fail, with their last error.
        var failures: [RefusedCommand] = []
        /// The new owners of slots.
        var moves: [UInt16: RedisEndpoint] = [:]
        var needsRefresh = false
        var pause = Duration.zero
    }

    /// - Parameter refusals: the commands refused in the last attempt, ascending.
    mutating func next(_ refusals: [RefusedCommand], using random: inout some RandomNumberGenerator) -> Step {
        var step = Step()
        var pauses = false
        attempts += 1
        let isOver = attempts > RedisLimits.attempts
        for refusal in refusals {
            var route = Route.owner
            switch refusal.error {
            case .fault, .halfWritten:
                step.failures.append(refusal)
                continue
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
            if isOver {
                step.failures.append(refusal)
            } else {
                step.resends.append(Resend(index: refusal.index, route: route))
            }
        }
        // A migrating slot and an election take a while.
        if pauses, !isOver {
            step.pause = max(.milliseconds(1), hasPaused ? backoff.next(using: &random) : .zero)
            hasPaused = true
        }
        return step
    }
}
