import JSON

/// The answers of a group while they are written, one after the other: those that go to the stream in one buffer.
struct AnswerSheet: ~Copyable {
    private let roll: CallRoll
    /// The calls that were answered ahead of their group.
    private let closed: Set<Int>
    private let output: OutputQueue
    private let tally: Tally
    private var stream: Writer

    init(
        _ roll: CallRoll, without closed: Set<Int> = [], output: OutputQueue, tally: Tally, reserving capacity: Int = 0
    ) {
        self.roll = roll
        self.closed = closed
        self.output = output
        self.tally = tally
        stream = Writer(reserving: roll.isPlain ? capacity : 0)
    }

    /// Answers a call with a result; `write` appends one JSON value.
    mutating func result(of index: Int, _ write: (inout Writer) -> Void) {
        if !closed.isEmpty, closed.contains(index) { return }
        answer(index) { id, writer in AnswerLine.result(id: id, to: &writer, write) }
    }

    /// Answers a call with an error.
    mutating func error(of index: Int, _ failure: Failure) {
        if case .nowhere = roll.target(of: index) { return }
        if closed.contains(index) { return }
        tally.countErrors()
        answer(index) { id, writer in AnswerLine.error(id: id, failure, to: &writer) }
    }

    /// Gives out what was written.
    consuming func send() {
        output.append(stream.take())
    }

    private mutating func answer(_ index: Int, _ write: (UnsafeBufferPointer<UInt8>, inout Writer) -> Void) {
        switch roll.target(of: index) {
        case .stream:
            if let token = roll.token(of: index) {
                token.withUnsafeBufferPointer { ProgressLine.end($0, to: &stream) }
            }
            roll.withID(of: index) { write($0, &stream) }
            stream.raw("\n")
        case .place(let places, let place):
            if let token = roll.token(of: index) {
                var line = Writer()
                token.withUnsafeBufferPointer { ProgressLine.end($0, to: &line) }
                output.append(line.take())
            }
            var answer = Writer()
            roll.withID(of: index) { write($0, &answer) }
            places.fill(place, with: answer.take())
        case .nowhere:
            break
        }
    }
}
