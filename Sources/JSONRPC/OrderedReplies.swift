import Synchronization

/// Holds answers back until all earlier ones have left: the order of `--ordered`. What it holds counts as queued.
final class OrderedReplies: ReplyPlaces {
    private struct State {
        var next = 0
        var early: [Int: [UInt8]] = [:]
    }

    private let state = Mutex(State())
    private let output: OutputQueue

    init(output: OutputQueue) {
        self.output = output
    }

    func fill(_ index: Int, with answer: [UInt8]?) {
        let answer = answer ?? []
        state.withLock { state in
            guard index == state.next else {
                state.early[index] = answer
                return output.hold(Self.heldBytes(of: answer))
            }
            var lines = Self.line(answer)
            var released = 0
            state.next += 1
            while let early = state.early.removeValue(forKey: state.next) {
                lines.append(contentsOf: Self.line(early))
                released += Self.heldBytes(of: early)
                state.next += 1
            }
            // Inside the lock, so that two deliveries cannot pass each other.
            output.append(lines, releasing: released)
        }
    }

    /// An answer with its end; nothing for a request that has none.
    private static func line(_ answer: [UInt8]) -> [UInt8] {
        answer.isEmpty ? [] : answer + [UInt8(ascii: "\n")]
    }
}
