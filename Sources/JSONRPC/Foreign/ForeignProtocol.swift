import JSON

/// Another protocol on the same stream: it serves the messages whose methods the table does not have.
///
/// The reader's thread alone calls it. A request of it may become a call of a method; the response is then translated.
public protocol ForeignProtocol: AnyObject, Sendable {
    /// Takes a call whose method the table does not have; nil when this protocol does not have it either.
    func take(_ call: ForeignCall) -> [ForeignAct]?
    /// Takes a response, which may answer a request that this protocol has sent.
    func take(response: Value) -> [ForeignAct]
    /// Ends what is open, because no more is read.
    func finish() -> [ForeignAct]
}

/// A request or a notification of a foreign protocol: views into its line, valid while the line is.
public struct ForeignCall {
    /// Nil for a notification.
    public let id: Value?
    public let method: Value
    public let params: Value?
    public let isInBatch: Bool
    public let reply: ForeignReply
}

/// Where a foreign request is answered.
public struct ForeignReply: Sendable {
    let target: ResponseTarget
    /// The request's id as it was written; empty for a notification.
    public let id: [UInt8]
}

/// What becomes of a foreign message.
public enum ForeignAct: Sendable {
    /// Answers a request with a whole response, without its line end.
    case answer(ForeignReply, [UInt8], isError: Bool)
    /// Leaves a request without an answer.
    case forget(ForeignReply)
    /// Sends a message at once, whatever waits for its order.
    case send([UInt8])
    /// Sends a message at the place of the newest answer.
    case conclude([UInt8])
    /// Serves a request as a call of a method.
    case call(ForeignRequest)
    /// Answers a request that the method would refuse as it is; otherwise does what `next` tells.
    case rehearse(ForeignRequest, next: @Sendable () -> [ForeignAct])
    /// Counts and reports a request that is refused before it became a call of a method; nil for no known one.
    case count(method: String?, FailureKind)
    /// Ends the call that waits under an id: without an answer when it is a foreign one.
    case cancel(id: [UInt8])
}

/// A foreign request that became a call of a method.
public struct ForeignRequest: Sendable {
    let reply: ForeignReply
    /// The text of a plain request with the id of the foreign one.
    let text: [UInt8]
    /// Returns the foreign response for the plain one, both without line ends. Any thread calls it.
    let translate: @Sendable ([UInt8]) -> [UInt8]

    public init(reply: ForeignReply, text: [UInt8], translate: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.reply = reply
        self.text = text
        self.translate = translate
    }
}

/// The slot of one foreign request: translates its response and passes it on.
final class ForeignResponse: ResponseSlots {
    let isForeign = true
    private let request: ForeignRequest
    private let output: OutputQueue

    init(_ request: ForeignRequest, output: OutputQueue) {
        self.request = request
        self.output = output
    }

    func fill(_ slot: Int, with part: [UInt8]?, isLast: Bool) {
        request.reply.target.send(part.map(request.translate), by: output)
    }
}

/// How a client is told of progress.
enum ProgressForm {
    /// The notification `$/progress`, in the shape of LSP 3.17's work done progress.
    case workDone
    /// The notification `notifications/progress` of the Model Context Protocol, which counts up.
    case counted
}

extension ResponseTarget {
    /// Whether the request is a foreign one.
    var isForeign: Bool {
        if case .slot(let slots, _) = self { slots.isForeign } else { false }
    }

    var progressForm: ProgressForm { isForeign ? .counted : .workDone }
}

extension Writer {
    /// Appends the notification `notifications/progress` of the Model Context Protocol as a whole line.
    mutating func countedProgress(_ stage: ProgressStage, token: UnsafeBufferPointer<UInt8>) {
        raw(#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"#)
        source(token)
        switch stage {
        case .begin: raw(#","progress":0,"total":2,"message":"accepted""#)
        case .report: raw(#","progress":1,"total":2,"message":"running""#)
        case .end: raw(#","progress":2,"total":2,"message":"done""#)
        }
        raw("}}\n")
    }
}
