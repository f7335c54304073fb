import JSON
import Synchronization

/// The calls of one group but for their params: their ids, where each answer goes, and which still wait for one.
///
/// Unchecked: the reader adds calls until the group is submitted, and from then on only `open` and `task`, each behind
/// its lock, change.
final class PendingCalls: @unchecked Sendable {
    private struct Progress {
        var index: Int
        var token: [UInt8]
    }

    private let method: String
    private let output: OutputQueue
    private let tally: Tally
    private let open = Mutex(OpenCalls())
    private let task = Mutex<Task<Void, Never>?>(nil)
    private var idBytes: [UInt8] = []
    private var idEnds: [Int] = []
    /// Empty as long as every answer goes to the stream.
    private var targets: [ReplyTarget] = []
    /// Empty as long as no call has a deadline.
    private var deadlines: [CallDeadline?] = []
    private var progress: [Progress] = []

    init(method: String, output: OutputQueue, tally: Tally) {
        self.method = method
        self.output = output
        self.tally = tally
    }

    /// How many calls there are, those included that are answered.
    var count: Int { idEnds.count }

    /// Adds a call, and tells its client that it has begun when that was asked for.
    func append(id: Value?, target: ReplyTarget, deadline: CallDeadline?, token: Value?) {
        let index = count
        if let id { idBytes.append(contentsOf: id.rawText) }
        idEnds.append(idBytes.count)
        if case .stream = target, targets.isEmpty {
        } else {
            while targets.count < index { targets.append(.stream) }
            targets.append(target)
        }
        if deadline != nil || !deadlines.isEmpty {
            while deadlines.count < index { deadlines.append(nil) }
            deadlines.append(deadline)
        }
        if let token, id != nil {
            progress.append(Progress(index: index, token: Array(token.rawText)))
            tell(index) { ProgressLine.begin($0, title: method, to: &$1) }
        }
    }

    /// Calls `body` with a call's id as it was written; with no bytes for a notification.
    func withID<R>(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        idBytes.withUnsafeBufferPointer { bytes in
            body(UnsafeBufferPointer(rebasing: bytes[(index == 0 ? 0 : idEnds[index - 1])..<idEnds[index]]))
        }
    }

    /// Whether a call waits for its answer still.
    func isOpen(_ index: Int) -> Bool {
        open.withLock { $0.isOpen(index) }
    }
}

/// Answers ahead of the group.
extension PendingCalls {
    /// The earliest deadline among the calls that wait.
    var earliestDeadline: ContinuousClock.Instant? {
        if deadlines.isEmpty { return nil }
        let open = open.withLock(\.self)
        return deadlines.indices.filter { open.isOpen($0) }.compactMap { deadlines[$0]?.instant }.min()
    }

    /// Answers with an error what has waited for too long.
    func expire(_ now: ContinuousClock.Instant) {
        for (index, deadline) in deadlines.enumerated() {
            guard let deadline, deadline.instant <= now else { continue }
            let timeout = Failure.Detail.integer("timeoutMs", Int64(deadline.timeoutMilliseconds))
            refuse(index, with: Failure(.deadlineExceeded, details: [timeout]))
        }
    }

    /// Answers one call with an error, unless it is answered. A call that does not run yet never will; when nobody
    /// waits for the group any more, its task is cancelled.
    func refuse(_ index: Int, with failure: Failure) {
        let (isClosed, isAbandoned) = open.withLock { open in
            (open.close(index), open.isAbandoned(of: count))
        }
        guard isClosed else { return }
        var stream = Writer()
        answer(index, to: &stream) { id, writer in
            AnswerLine.error(id: id, failure, to: &writer)
            return true
        }
        output.append(stream.take())
        if isAbandoned { task.withLock { $0?.cancel() } }
    }
}

/// What the group tells as it is served.
extension PendingCalls {
    /// The group runs as `task`, which can be cancelled.
    func started(as task: Task<Void, Never>) {
        self.task.withLock { $0 = task }
        if open.withLock({ $0.isAbandoned(of: count) }) { task.cancel() }
    }

    /// The group runs from now on. Returns the calls that are left to do, nil for all.
    func begin() -> [Int]? {
        let left = open.withLock { $0.begin(count) }
        for progress in progress where isOpen(progress.index) {
            tell(progress.index) { ProgressLine.report($0, to: &$1) }
        }
        return left
    }

    /// Gives out the answers of the calls that wait. `write` appends the answer of the nth call that was left to do,
    /// and says whether it is an error.
    func answer(
        _ left: [Int]?, reserving usualBytes: Int,
        _ write: (Int, UnsafeBufferPointer<UInt8>, inout Writer) -> Bool
    ) {
        let closed = open.withLock { open in
            open.settle()
            return open.closed
        }
        var stream = Writer(reserving: targets.isEmpty ? count * usualBytes : 0)
        for place in 0..<(left?.count ?? count) {
            let index = left?[place] ?? place
            if !closed.isEmpty, closed.contains(index) { continue }
            answer(index, to: &stream) { write(place, $0, &$1) }
        }
        output.append(stream.take())
    }

    private func answer(
        _ index: Int, to stream: inout Writer, _ write: (UnsafeBufferPointer<UInt8>, inout Writer) -> Bool
    ) {
        let isError: Bool
        switch targets.isEmpty ? .stream : targets[index] {
        case .stream:
            if let token = token(of: index) { token.withUnsafeBufferPointer { ProgressLine.end($0, to: &stream) } }
            isError = withID(of: index) { write($0, &stream) }
            stream.raw("\n")
        case .place(let places, let place):
            tell(index) { ProgressLine.end($0, to: &$1) }
            var answer = Writer()
            isError = withID(of: index) { write($0, &answer) }
            places.fill(place, with: answer.take())
        case .nowhere:
            return
        }
        if isError { tally.countErrors() }
    }

    private func token(of index: Int) -> [UInt8]? {
        progress.isEmpty ? nil : progress.first { $0.index == index }?.token
    }

    /// Sends a notification about a call to a client that asked for them.
    private func tell(_ index: Int, _ write: (UnsafeBufferPointer<UInt8>, inout Writer) -> Void) {
        guard let token = token(of: index) else { return }
        var line = Writer()
        token.withUnsafeBufferPointer { write($0, &line) }
        output.append(line.take())
    }
}
