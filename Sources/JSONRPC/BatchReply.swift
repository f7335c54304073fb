import JSON
import Synchronization

/// The answers of one JSON-RPC batch (§6), which leave as one array in the order of the requests. Those that wait for
/// others of the batch count as queued.
final class BatchReply: ReplyPlaces {
    private struct State {
        var answers: [[UInt8]?]
        var missing: Int
        var heldBytes = 0
    }

    private let state: Mutex<State>
    private let output: OutputQueue
    private let deliver: @Sendable ([UInt8]?) -> Void

    /// `deliver` gets the line without its end, or nil when there is nothing to answer.
    init(count: Int, output: OutputQueue, deliver: @escaping @Sendable ([UInt8]?) -> Void) {
        self.output = output
        state = Mutex(State(answers: Array(repeating: nil, count: count), missing: count))
        self.deliver = deliver
    }

    func fill(_ index: Int, with answer: [UInt8]?) {
        let complete: (answers: [[UInt8]], heldBytes: Int)? = state.withLock { state in
            state.answers[index] = answer
            state.missing -= 1
            if state.missing == 0 { return (state.answers.compactMap(\.self), state.heldBytes) }
            let bytes = Self.heldBytes(of: answer)
            state.heldBytes += bytes
            // Inside the lock, so that nothing is released before it is held.
            output.hold(bytes)
            return nil
        }
        guard let complete else { return }
        deliver(complete.answers.isEmpty ? nil : Self.array(of: complete.answers))
        output.release(complete.heldBytes)
    }

    private static func array(of answers: [[UInt8]]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(answers.reduce(1) { $0 + $1.count + 1 })
        line.append(UInt8(ascii: "["))
        for (index, answer) in answers.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line.append(contentsOf: answer)
        }
        line.append(UInt8(ascii: "]"))
        return line
    }
}
