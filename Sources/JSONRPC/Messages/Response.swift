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
        case .slot(let slots, let slot): slots.fill(slot, with: response, isLast: true)
        case .discarded: break
        }
    }
}

/// Numbered slots that put responses in order before they are sent.
protocol ResponseSlots: AnyObject, Sendable {
    /// Whether the slot is that of a foreign request.
    var isForeign: Bool { get }
    /// Fills a slot with a response without its line end, or with its next part; nil when the call has none.
    func fill(_ slot: Int, with part: [UInt8]?, isLast: Bool)
}

extension ResponseSlots {
    var isForeign: Bool { false }

    /// The memory that a filled slot is charged for; an empty response takes some too.
    static func heldBytes(of response: [UInt8]?) -> Int {
        (response?.count ?? 0) + 64
    }
}

/// The responses of one JSON-RPC batch (§6), sent as one array in the order of the requests.
///
/// A long array leaves in parts, so that it is never in memory as a whole. Responses that wait count as queued.
final class BatchResponse: ResponseSlots {
    private enum Slot {
        case empty
        case filled([UInt8]?)
    }

    private struct State {
        var slots: [Slot]
        /// The first slot whose response is not in the text.
        var next = 0
        /// The part of the array that is ready and not sent.
        var text: [UInt8] = []
        /// What the text is charged for.
        var textCharge = 0
        /// Whether the array has an element.
        var hasElements = false

        /// Moves the responses that are next in order to the text; true when all of them are there.
        mutating func advance() -> Bool {
            while next < slots.count, case .filled(let response) = slots[next] {
                slots[next] = .empty
                next += 1
                textCharge += BatchResponse.heldBytes(of: response)
                guard let response else { continue }
                text.append(UInt8(ascii: hasElements ? "," : "["))
                text.append(contentsOf: response)
                hasElements = true
            }
            if next == slots.count, hasElements { text.append(UInt8(ascii: "]")) }
            return next == slots.count
        }
    }

    private let state: Mutex<State>
    private let output: OutputQueue
    private let target: ResponseTarget
    private let partBytes: Int

    /// The array goes to `target` when all `count` slots are filled, or in parts of at least `partBytes`.
    init(count: Int, target: ResponseTarget, output: OutputQueue, partBytes: Int = .max) {
        self.target = target
        self.output = output
        self.partBytes = partBytes
        state = Mutex(State(slots: Array(repeating: .empty, count: count)))
    }

    func fill(_ slot: Int, with response: [UInt8]?, isLast: Bool) {
        // Inside the lock, so that nothing is released before it is held, and no part passes another.
        state.withLock { state in
            state.slots[slot] = .filled(response)
            output.hold(Self.heldBytes(of: response))
            let isComplete = state.advance()
            guard isComplete || state.text.count >= partBytes else { return }
            send(state.text, isLast: isComplete, isEmpty: !state.hasElements, releasing: state.textCharge)
            state.text = []
            state.textCharge = 0
        }
    }

    private func send(_ part: [UInt8], isLast: Bool, isEmpty: Bool, releasing heldBytes: Int) {
        switch target {
        case .output where isEmpty: output.release(heldBytes)
        case .output:
            let end = isLast ? [UInt8(ascii: "\n")] : []
            output.append(part + end, of: self, isLast: isLast, releasing: heldBytes)
        case .slot(let slots, let slot):
            slots.fill(slot, with: isEmpty ? nil : part, isLast: isLast)
            output.release(heldBytes)
        case .discarded: output.release(heldBytes)
        }
    }
}

/// The responses of a connection in the order of their requests (`--ordered`).
///
/// A response that waits for earlier responses counts as queued.
final class OrderedResponses: ResponseSlots {
    /// A response that waits, or what has come of it.
    private struct Early {
        var text: [UInt8] = []
        var charge = 0
        var isComplete = false
    }

    private struct State {
        /// The first slot that is not filled.
        var next = 0
        var early: [Int: Early] = [:]
    }

    private let state = Mutex(State())
    private let output: OutputQueue

    init(output: OutputQueue) {
        self.output = output
    }

    func fill(_ slot: Int, with part: [UInt8]?, isLast: Bool) {
        // Inside the lock, so that two deliveries cannot pass each other.
        state.withLock { state in
            guard slot == state.next else {
                let charge = Self.heldBytes(of: part)
                state.early[slot, default: Early()].text += part ?? []
                state.early[slot]?.charge += charge
                state.early[slot]?.isComplete = isLast
                return output.hold(charge)
            }
            send(part ?? [], isLast: isLast)
            if !isLast { return }
            state.next += 1
            while let early = state.early.removeValue(forKey: state.next) {
                send(early.text, isLast: early.isComplete, releasing: early.charge)
                if !early.isComplete { break }
                state.next += 1
            }
        }
    }

    /// Sends a part with the line end that it needs; an empty response has none.
    private func send(_ part: [UInt8], isLast: Bool, releasing charge: Int = 0) {
        if part.isEmpty { return output.release(charge) }
        output.append(isLast ? part + [UInt8(ascii: "\n")] : part, of: self, isLast: isLast, releasing: charge)
    }
}

/// The messages that the daemon sends, each around what a method writes.
extension Writer {
    /// Appends a response with a result (JSON-RPC 2.0 §5), without a line end; `write` appends one JSON value.
    mutating func response(to id: UnsafeBufferPointer<UInt8>, _ write: (inout Writer) -> Void) {
        openResponse()
        source(id)
        closeResponse(write)
    }

    /// Appends a response with an error, without a line end.
    mutating func response(to id: UnsafeBufferPointer<UInt8>, _ failure: Failure) {
        openResponse()
        source(id)
        closeResponse(failure)
    }

    /// Begins a response: its id is to follow.
    mutating func openResponse() { raw(#"{"jsonrpc":"2.0","id":"#) }

    /// Ends a response behind its id, with a result.
    mutating func closeResponse(_ write: (inout Writer) -> Void) {
        raw(#","result":"#)
        write(&self)
        raw("}")
    }

    /// Ends a response behind its id, with an error.
    mutating func closeResponse(_ failure: Failure) {
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

    /// Appends the notification of a call's progress as a whole line.
    mutating func progress(_ stage: ProgressStage, token: UnsafeBufferPointer<UInt8>, _ form: ProgressForm = .workDone)
    {
        if case .counted = form { return countedProgress(stage, token: token) }
        raw(#"{"jsonrpc":"2.0","method":"$/progress","params":{"token":"#)
        source(token)
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
