import JSON
import Synchronization

/// Where a call's response goes.
enum ResponseTarget: Sendable {
    /// To the output, as soon as the response is ready.
    case output
    /// To a slot among the responses of a batch, or among ordered responses.
    case slot(any ResponseSlots, Int)
    /// Nowhere, because the call is a notification.
    case discarded

    /// Sends a response without its line end; nil when there is none.
    func send(_ response: [UInt8]?, by output: OutputQueue) {
        switch self {
        case .output: if let response { output.append(response + [UInt8(ascii: "\n")]) }
        case .slot(let slots, let slot): slots.fill(slot, with: response)
        case .discarded: break
        }
    }
}

/// Numbered slots that put responses in order before they are sent.
protocol ResponseSlots: AnyObject, Sendable {
    /// Fills a slot, once, with a response without its line end; nil when the call has none.
    func fill(_ slot: Int, with response: [UInt8]?)
}

extension ResponseSlots {
    /// The memory that a filled slot is charged for; an empty response takes some too.
    static func heldBytes(of response: [UInt8]?) -> Int {
        (response?.count ?? 0) + 64
    }
}

/// The responses of one JSON-RPC batch (§6), sent as one array in the order of the requests.
///
/// Responses that wait for others of the batch count as queued.
final class BatchResponse: ResponseSlots {
    private struct State {
        var responses: [[UInt8]?]
        var missing: Int
        var heldBytes = 0
    }

    private let state: Mutex<State>
    private let output: OutputQueue
    private let target: ResponseTarget

    /// The array goes to `target` when all `count` slots are filled.
    init(count: Int, target: ResponseTarget, output: OutputQueue) {
        self.target = target
        self.output = output
        state = Mutex(State(responses: Array(repeating: nil, count: count), missing: count))
    }

    func fill(_ slot: Int, with response: [UInt8]?) {
        let complete: (responses: [[UInt8]], heldBytes: Int)? = state.withLock { state in
            state.responses[slot] = response
            state.missing -= 1
            if state.missing == 0 { return (state.responses.compactMap(\.self), state.heldBytes) }
            let bytes = Self.heldBytes(of: response)
            state.heldBytes += bytes
            // Inside the lock, so that nothing is released before it is held.
            output.hold(bytes)
            return nil
        }
        guard let complete else { return }
        target.send(complete.responses.isEmpty ? nil : Self.array(of: complete.responses), by: output)
        output.release(complete.heldBytes)
    }

    private static func array(of responses: [[UInt8]]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(responses.reduce(1) { $0 + $1.count + 1 })
        line.append(UInt8(ascii: "["))
        for (index, response) in responses.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line.append(contentsOf: response)
        }
        line.append(UInt8(ascii: "]"))
        return line
    }
}

/// The responses of a connection in the order of their requests (`--ordered`).
///
/// A response that waits for earlier responses counts as queued.
final class OrderedResponses: ResponseSlots {
    private struct State {
        /// The first slot that is not filled.
        var next = 0
        var early: [Int: [UInt8]] = [:]
    }

    private let state = Mutex(State())
    private let output: OutputQueue

    init(output: OutputQueue) {
        self.output = output
    }

    func fill(_ slot: Int, with response: [UInt8]?) {
        let response = response ?? []
        state.withLock { state in
            guard slot == state.next else {
                state.early[slot] = response
                return output.hold(Self.heldBytes(of: response))
            }
            var lines = Self.line(response)
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

    /// Returns a response with its line end; nothing for a request without a response.
    private static func line(_ response: [UInt8]) -> [UInt8] {
        response.isEmpty ? [] : response + [UInt8(ascii: "\n")]
    }
}

/// The messages that the daemon sends, each around what a method writes.
extension Writer {
    /// Appends a response with a result (JSON-RPC 2.0 §5), without a line end; `write` appends one JSON value.
    mutating func response(to id: UnsafeBufferPointer<UInt8>, _ write: (inout Writer) -> Void) {
        raw(#"{"jsonrpc":"2.0","id":"#)
        raw(id)
        raw(#","result":"#)
        write(&self)
        raw("}")
    }

    /// Appends a response with an error, without a line end.
    mutating func response(to id: UnsafeBufferPointer<UInt8>, _ failure: Failure) {
        raw(#"{"jsonrpc":"2.0","id":"#)
        raw(id)
        raw(#","error":"#)
        failure.write(to: &self)
        raw("}")
    }

    /// Appends an error response to a message of the line at hand, whose id may be unknown.
    mutating func response(to id: Value?, _ failure: Failure) {
        if let id {
            response(to: id.rawText, failure)
        } else {
            StaticString("null").withUTF8Buffer { response(to: $0, failure) }
        }
    }

    /// Appends the notification `$/progress` as a whole line, in the shape of LSP 3.17's work done progress.
    mutating func progress(_ stage: ProgressStage, token: UnsafeBufferPointer<UInt8>) {
        raw(#"{"jsonrpc":"2.0","method":"$/progress","params":{"token":"#)
        raw(token)
        raw(#","value":"#)
        object { value in
            value.key("kind")
            switch stage {
            case .begin(let title):
                value.string("begin")
                value.key("title")
                value.string(title)
            case .report:
                value.string("report")
                value.key("message")
                value.string("running")
            case .end:
                value.string("end")
            }
        }
        raw("}}\n")
    }
}

/// How far a call is.
enum ProgressStage {
    /// The call was accepted; the title is its method's name.
    case begin(title: String)
    /// The call runs.
    case report
    /// The response comes next.
    case end
}
