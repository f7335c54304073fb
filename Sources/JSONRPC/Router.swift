import JSON
import JSONSchema

/// Turns lines into calls and sorts the calls into groups: the reader's own work, done on the reader's thread.
struct Router: ~Copyable {
    let methods: MethodTable
    let limits: Limits
    let tally: Tally
    var groups: OpenGroups
    /// Params that were left out.
    let noParams: Document
    /// When the round's requests arrived; nil until somebody wants to know.
    var arrival: ContinuousClock.Instant?
    private let output: OutputQueue
    private let ordered: OrderedReplies?
    private var parser: Parser
    /// Answers that need no group.
    private var direct = Writer()
    /// What the answers of the round that needed no group take.
    private var answeredBytes = 0
    private var nextPlace = 0

    init(
        methods: MethodTable, limits: Limits, output: OutputQueue, dispatcher: Dispatcher, tally: Tally, isOrdered: Bool
    ) throws(SyntaxError) {
        self.methods = methods
        self.limits = limits
        self.output = output
        self.tally = tally
        ordered = isOrdered ? OrderedReplies(output: output) : nil
        parser = Parser(
            limits: Parser.Limits(
                maximumDepth: limits.maximumDepth, maximumNumberLength: limits.maximumNumberBytes))
        groups = OpenGroups(limits: limits, output: output, dispatcher: dispatcher, tally: tally)
        noParams = try Document("{}")
    }

    /// Begins a round: the lines that are at hand.
    mutating func beginRound() {
        answeredBytes = 0
        arrival = nil
        groups.beginRound()
    }

    /// The round has answers enough for the output, those to come included: it has to end before the next line, however
    /// many are at hand.
    var isRoundFull: Bool { answeredBytes + groups.awaitedBytes >= limits.outputBytes }

    /// Closes the groups of the round and gives out what is answered already.
    mutating func endRound() {
        groups.closeAll()
        output.append(direct.take())
    }

    /// Serves one line, which is valid only during the call; false when it is no JSON text, nor blank.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        do throws(SyntaxError) {
            let value = try parser.parse(line)
            if value.kind == .array { takeBatch(value) } else { take(value, target: nextTarget(), bytes: line.count) }
        } catch {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return true }
            let details: [Failure.Detail] = [.integer("offset", Int64(error.offset))]
            refuse(Failure(.parseError, reason: error.reason.rawValue, details: details))
            return false
        }
        return true
    }

    /// Answers a line that was too long to be kept.
    mutating func takeTooLong() {
        let details: [Failure.Detail] = [.integer("limit", Int64(limits.maximumLineBytes))]
        refuse(Failure(.invalidRequest, reason: "line_too_long", details: details))
    }

    private mutating func takeBatch(_ batch: Value) {
        guard batch.count > 0 else { return refuse(Failure(.invalidRequest, reason: "empty_batch")) }
        guard batch.count <= limits.maximumBatchItems else {
            let details: [Failure.Detail] = [
                .integer("limit", Int64(limits.maximumBatchItems)), .integer("got", Int64(batch.count)),
            ]
            return refuse(Failure(.invalidRequest, reason: "batch_too_large", details: details))
        }
        let reply = reply(toBatchOf: batch.count)
        for (index, item) in batch.elements.enumerated() {
            take(item, target: .place(reply, index), bytes: item.rawText.count)
        }
    }

    private mutating func reply(toBatchOf count: Int) -> BatchReply {
        if let ordered, case .place(_, let place) = nextTarget() {
            return BatchReply(count: count, output: output) { ordered.fill(place, with: $0) }
        }
        return BatchReply(count: count, output: output) { [output] line in
            if let line { output.append(line + [UInt8(ascii: "\n")]) }
        }
    }

    private mutating func nextTarget() -> ReplyTarget {
        guard let ordered else { return .stream }
        nextPlace += 1
        return .place(ordered, nextPlace - 1)
    }

    private mutating func take(_ message: Value, target: ReplyTarget, bytes: Int) {
        switch Envelope.classify(message, limits: limits) {
        case .call(let envelope):
            var target = target
            if envelope.id == nil {
                target = silence(target)
                tally.countNotification()
            }
            do throws(Failure) {
                try serve(envelope, target: target, bytes: bytes)
            } catch {
                answer(target, isError: true) { AnswerLine.error(id: envelope.id, error, to: &$0) }
            }
        case .response:
            tally.countResponse()
            _ = silence(target)
        case .invalid(let failure, let id):
            answer(target, isError: true) { AnswerLine.error(id: id, failure, to: &$0) }
        }
    }

    /// Takes away the answer of a notification, telling whoever counts on one.
    private func silence(_ target: ReplyTarget) -> ReplyTarget {
        if case .place(let places, let place) = target { places.fill(place, with: nil) }
        return .nowhere
    }

    /// Answers a line of which no id can be told.
    private mutating func refuse(_ failure: Failure) {
        answer(nextTarget(), isError: true) { AnswerLine.error(id: nil, failure, to: &$0) }
    }

    /// Answers without a group.
    mutating func answer(_ target: ReplyTarget, isError: Bool = false, _ write: (inout Writer) -> Void) {
        switch target {
        case .stream:
            let start = direct.count
            write(&direct)
            direct.raw("\n")
            answeredBytes += direct.count - start
            if direct.count > limits.readBytes { output.append(direct.take()) }
        case .place(let places, let place):
            var answer = Writer()
            write(&answer)
            answeredBytes += answer.count
            places.fill(place, with: answer.take())
        case .nowhere:
            return
        }
        if isError { tally.countErrors() }
    }

    /// Sends lines that are no answers, ahead of the answers that come next.
    mutating func notify(_ write: (inout Writer) -> Void) {
        var lines = Writer()
        write(&lines)
        output.append(direct.take())
        output.append(lines.take())
    }
}
