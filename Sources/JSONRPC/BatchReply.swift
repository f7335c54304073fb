import JSON
import Synchronization

/// The answers of one JSON-RPC batch (§6), which leave as one array in the order of the requests.
final class BatchReply: ReplyPlaces {
    private struct State {
        var answers: [[UInt8]?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let deliver: @Sendable ([UInt8]?) -> Void

    /// `deliver` gets the line without its end, or nil when there is nothing to answer.
    init(count: Int, deliver: @escaping @Sendable ([UInt8]?) -> Void) {
        state = Mutex(State(answers: Array(repeating: nil, count: count), missing: count))
        self.deliver = deliver
    }

    func fill(_ index: Int, with answer: [UInt8]?) {
        let complete: [[UInt8]]? = state.withLock { state in
            state.answers[index] = answer
            state.missing -= 1
            return state.missing == 0 ? state.answers.compactMap(\.self) : nil
        }
        if let complete { deliver(complete.isEmpty ? nil : Self.array(of: complete)) }
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
