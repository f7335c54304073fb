import JSON
import JSONSchema

/// Turns lines into calls and sorts the calls into groups: the reader's own work, done on the reader's thread.
struct Router: ~Copyable {
    private let methods: MethodTable
    private let limits: Limits
    private let output: OutputQueue
    private let ordered: OrderedReplies?
    private var parser: Parser
    private var groups: OpenGroups
    /// Answers that need no group.
    private var direct = Writer()
    /// What the answers of the round that needed no group take.
    private var answeredBytes = 0
    private var nextPlace = 0
    private let noParams: Document

    init(methods: MethodTable, limits: Limits, output: OutputQueue, dispatcher: Dispatcher, isOrdered: Bool)
        throws(SyntaxError)
    {
        self.methods = methods
        self.limits = limits
        self.output = output
        ordered = isOrdered ? OrderedReplies(output: output) : nil
        parser = Parser(
            limits: Parser.Limits(
                maximumDepth: limits.maximumDepth, maximumNumberLength: limits.maximumNumberBytes))
        groups = OpenGroups(limits: limits, output: output, dispatcher: dispatcher)
        noParams = try Document("{}")
    }

    /// Begins a round: the lines that are at hand.
    mutating func beginRound() {
        answeredBytes = 0
        groups.beginRound()
    }

    /// The round has answers enough for the output: it has to end before the next line, however many are at hand.
    var isRoundFull: Bool { answeredBytes >= limits.outputBytes }

    /// Closes the groups of the round and gives out what is answered already.
    mutating func endRound() {
        groups.closeAll()
        output.append(direct.take())
    }

    /// Serves one line, which is valid only during the call.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>) {
        do throws(SyntaxError) {
            let value = try parser.parse(line)
            if value.kind == .array { takeBatch(value) } else { take(value, target: nextTarget(), bytes: line.count) }
        } catch {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
            let details: [Failure.Detail] = [.integer("offset", Int64(error.offset))]
            refuse(Failure(.parseError, reason: error.reason.rawValue, details: details))
        }
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
            return BatchReply(count: count) { ordered.fill(place, with: $0) }
        }
        return BatchReply(count: count) { [output] line in
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
            let target = envelope.id == nil ? silence(target) : target
            do throws(Failure) {
                try serve(envelope, target: target, bytes: bytes)
            } catch {
                answer(target) { AnswerLine.error(id: envelope.id, error, to: &$0) }
            }
        case .response:
            _ = silence(target)
        case .invalid(let failure, let id):
            answer(target) { AnswerLine.error(id: id, failure, to: &$0) }
        }
    }

    private mutating func serve(_ call: Envelope, target: ReplyTarget, bytes: Int) throws(Failure) {
        guard let index = methods.index(of: call.method) else {
            let suggestion = methods.suggestion(for: call.method)
            throw Failure(.methodNotFound, details: suggestion.map { [.text("didYouMean", $0)] } ?? [])
        }
        let entry = methods.entries[index]
        let params = effectiveParams(call.params, of: entry)
        try validate(params, against: entry.schema)
        switch entry.kind {
        case .immediate(let method):
            answer(target) { writer in
                AnswerLine.result(id: call.id?.rawText ?? .init(start: nil, count: 0), to: &writer) {
                    method.answer(params, to: &$0)
                }
            }
        case .grouped(let method):
            try groups.add(params, to: method, index: index, id: call.id, target: target, bytes: bytes)
        }
    }

    /// Omitted params, `{}` and, for a method that takes no arrays, `[]` mean the same.
    private func effectiveParams(_ params: Value?, of entry: MethodTable.Entry) -> Value {
        guard let params else { return noParams.root }
        guard params.kind == .array, params.count == 0 else { return params }
        if case .immediate(let method) = entry.kind, method.takesArrays { return params }
        return noParams.root
    }

    private func validate(_ params: Value, against schema: Schema) throws(Failure) {
        if params.duplicateKey != nil { throw Failure.invalidParams(at: "", reason: "duplicate_key") }
        let violations = schema.validate(params, maximumViolations: limits.maximumViolations)
        if !violations.isEmpty { throw Failure(.invalidParams, violations: violations.map { ParamsViolation($0) }) }
    }

    /// Takes away the answer of a notification, telling whoever counts on one.
    private func silence(_ target: ReplyTarget) -> ReplyTarget {
        if case .place(let places, let place) = target { places.fill(place, with: nil) }
        return .nowhere
    }

    /// Answers a line of which no id can be told.
    private mutating func refuse(_ failure: Failure) {
        answer(nextTarget()) { AnswerLine.error(id: nil, failure, to: &$0) }
    }

    private mutating func answer(_ target: ReplyTarget, _ write: (inout Writer) -> Void) {
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
            break
        }
    }
}
