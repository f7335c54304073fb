import JSON

/// The calls of one group with their params as values: ids in one buffer, nothing of the lines.
///
/// Unchecked: it is handed from the reader to one task by being submitted, and never shared.
final class TypedCallGroup<M: Method>: CallGroup, @unchecked Sendable {
    /// Room that is made for each answer beforehand, so that the buffer seldom has to grow.
    private static var usualAnswerBytes: Int { 256 }

    let id: GroupID
    var follows: Set<GroupID> = []
    private let method: M
    private let output: OutputQueue
    private var params: [M.Params] = []
    private var idBytes: [UInt8] = []
    private var idEnds: [Int] = []
    /// Empty as long as every answer goes to the stream.
    private var targets: [ReplyTarget] = []

    init(id: GroupID, method: M, output: OutputQueue) {
        self.id = id
        self.method = method
        self.output = output
    }

    var count: Int { params.count }

    func append(_ params: Value, id: Value?, target: ReplyTarget) throws(Failure) {
        self.params.append(try method.decode(params))
        if let id { idBytes.append(contentsOf: id.rawText) }
        idEnds.append(idBytes.count)
        if case .stream = target, targets.isEmpty { return }
        while targets.count < self.params.count - 1 { targets.append(.stream) }
        targets.append(target)
    }

    func run() async {
        if params.isEmpty { return }
        let outcomes = await method.call(params)
        precondition(outcomes.count == params.count, "a method answers each call of its group")
        var stream = Writer(reserving: targets.isEmpty ? params.count * Self.usualAnswerBytes : 0)
        for (index, outcome) in outcomes.enumerated() {
            switch targets.isEmpty ? .stream : targets[index] {
            case .stream:
                write(outcome, of: index, to: &stream)
                stream.raw("\n")
            case .place(let places, let place):
                var answer = Writer()
                write(outcome, of: index, to: &answer)
                places.fill(place, with: answer.take())
            case .nowhere:
                break
            }
        }
        output.append(stream.take())
    }

    private func write(_ outcome: Outcome<M.Result>, of index: Int, to writer: inout Writer) {
        idBytes.withUnsafeBufferPointer { bytes in
            let id = UnsafeBufferPointer(rebasing: bytes[(index == 0 ? 0 : idEnds[index - 1])..<idEnds[index]])
            switch outcome {
            case .success(let result):
                AnswerLine.result(id: id, to: &writer) { method.write(result, to: &$0) }
            case .failure(let failure):
                AnswerLine.error(id: id, failure, to: &writer)
            }
        }
    }
}
