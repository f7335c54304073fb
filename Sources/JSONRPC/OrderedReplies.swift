import Synchronization

/// Holds answers back until all earlier ones have left: the order of `--ordered`.
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
        state.withLock { state in
            state.early[index] = answer ?? []
            var lines: [UInt8] = []
            while let line = state.early.removeValue(forKey: state.next) {
                lines.append(contentsOf: line)
                if !line.isEmpty { lines.append(UInt8(ascii: "\n")) }
                state.next += 1
            }
            // Inside the lock, so that two deliveries cannot pass each other.
            output.append(lines)
        }
    }
}
