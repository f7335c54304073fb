import JSON
import Synchronization

/// The calls of one group but for their params: whose they are, and which still wait for their answer.
///
/// Unchecked: the reader adds calls until the group is submitted, and from then on only `open` and `task`, each behind
/// its lock, change.
final class PendingCalls: @unchecked Sendable {
    private let method: String
    private let output: OutputQueue
    private let tally: Tally
    private let open = Mutex(OpenCalls())
    private let task = Mutex<Task<Void, Never>?>(nil)
    private var roll = CallRoll()

    init(method: String, output: OutputQueue, tally: Tally) {
        self.method = method
        self.output = output
        self.tally = tally
    }

    /// How many calls there are, those included that are answered.
    var count: Int { roll.count }

    /// Adds a call, and tells its client that it has begun when that was asked for.
    func append(id: Value?, target: ReplyTarget, deadline: CallDeadline?, token: Value?) {
        roll.append(id: id, target: target, deadline: deadline, token: token)
        if token != nil { tell(count - 1) { ProgressLine.begin($0, title: method, to: &$1) } }
    }

    /// Calls `body` with a call's id as it was written; with no bytes for a notification.
    func withID<R>(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        roll.withID(of: index, body)
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
        let deadlined = roll.deadlined
        if deadlined.isEmpty { return nil }
        let open = open.withLock(\.self)
        return deadlined.filter { open.isOpen($0.index) }.map(\.deadline.instant).min()
    }

    /// Answers with an error what has waited for too long.
    func expire(_ now: ContinuousClock.Instant) {
        for (index, deadline) in roll.deadlined where deadline.instant <= now {
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
        var sheet = AnswerSheet(roll, output: output, tally: tally)
        sheet.error(of: index, failure)
        sheet.send()
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
        open.withLock { open in
            let left = open.begin(count)
            // Inside the lock, so that no call is answered ahead of its report.
            for index in roll.followed where open.isOpen(index) { tell(index) { ProgressLine.report($0, to: &$1) } }
            return left
        }
    }

    /// The group's answers are there: nothing is answered ahead of it from now on. Returns where to write them.
    func settle(reserving capacity: Int) -> AnswerSheet {
        let closed = open.withLock { open in
            open.settle()
            return open.closed
        }
        return AnswerSheet(roll, without: closed, output: output, tally: tally, reserving: capacity)
    }

    /// Sends a notification about a call to a client that asked for them.
    private func tell(_ index: Int, _ write: (UnsafeBufferPointer<UInt8>, inout Writer) -> Void) {
        guard let token = roll.token(of: index) else { return }
        var line = Writer()
        token.withUnsafeBufferPointer { write($0, &line) }
        output.append(line.take())
    }
}
