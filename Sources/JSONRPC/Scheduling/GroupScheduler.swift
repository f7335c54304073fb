import Platform

/// Runs each submitted group as soon as its predecessors are finished, and its lane and the memory have room.
final class GroupScheduler: Sendable {
    private let run: Run
    private let over: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state: Monitor<State>
    private let limits: Limits
    private let deadlines: Deadlines
    private let output: OutputQueue
    private let patience: Duration

    /// Begins to serve a group and returns at once; calls `finished` when the group is served. `isOnReader` tells
    /// whether the reader starts the group, and not the end of another one.
    typealias Run = @Sendable (CallGroup, GroupScheduler, _ isOnReader: Bool) -> Void

    /// - Parameter patience: how long a long group that has not begun waits for a lone call, from when that arrived.
    init(
        limits: Limits, deadlines: Deadlines, output: OutputQueue, patience: Duration = LoneWork.patience,
        run: @escaping Run = GroupScheduler.runAsTask
    ) {
        self.run = run
        self.patience = patience
        self.limits = limits
        self.deadlines = deadlines
        self.output = output
        state = Monitor(State(limits: limits))
        (over, continuation) = AsyncStream.makeStream()
        output.onRoom { [weak self] in self?.startWaiting() }
    }

    /// Serves a group in an unstructured task, so that each group can be cancelled by itself.
    ///
    /// A lone urgent call begins on the reader's thread and ends on its store's: the threads of Swift's pool are as
    /// many as the cores, and each may hold a long group. Only the reader starts one so: a group that another's end
    /// starts would run on the stack of that one, and so on.
    private static func runAsTask(_ group: CallGroup, scheduler: GroupScheduler, isOnReader: Bool) {
        let isAlone = isOnReader && group.isLone
        if isAlone { LoneWork.begin() }
        let task = Task(executorPreference: isAlone ? inline : nil, priority: group.isUrgent ? .high : .medium) {
            await group.serve()
            if isAlone { LoneWork.finish() }
            group.whenAllAnswered { scheduler.finished(group) }
        }
        group.started(as: task)
    }

    private static let inline = InlineExecutor()

    /// Waits until every group is finished and none will be submitted any more.
    func waitUntilOver() async {
        for await _ in over {}
    }

    /// The groups that are announced and not finished.
    var unfinished: Set<GroupID> { state.withLock { $0.unfinished } }

    /// Whether no group of a lane runs that has not written its responses.
    func isIdle(_ lane: Int) -> Bool { state.withLock { $0.isIdle(lane) } }

    /// Makes a group known before it is submitted, so that others can wait for it.
    func announce(_ group: CallGroup) {
        state.withLock { $0.announce(group) }
    }

    /// Takes over an announced group, which is complete.
    func submit(_ group: CallGroup) {
        deadlines.watch(group)
        if group.isLong { waitForLoneCall() }
        // The room is looked at inside the lock, so that no group misses that there is more.
        let ready = state.withLock { $0.submit(group, output.room) }
        for group in ready { run(group, self, true) }
    }

    /// Blocks the reader for a moment while a lone call is served.
    private func waitForLoneCall() {
        guard let end = state.withLock({ $0.loneCall.map { $0.context.arrival + patience } }) else { return }
        state.wait(until: end) { $0.loneCall == nil ? () : nil }
    }

    /// Starts what waited for the reader of the responses.
    private func startWaiting() {
        let ready = state.withLock { $0.start(output.room) }
        for group in ready { run(group, self, false) }
    }

    /// Notes that a group has sent its responses.
    func finished(_ group: CallGroup) {
        let (next, isOver) = state.change { state in
            let wasLone = state.loneCall?.id == group.id
            let next = state.finish(group.id, output.room)
            // The reader alone waits, for room or for the end of a lone call.
            return ((next, state.isOver), wakes: wasLone || state.total.fits(limits))
        }
        deadlines.forget(group)
        for group in next { run(group, self, false) }
        if isOver { continuation.finish() }
    }

    /// Blocks the reader until there is room for more calls, unless calls without room are refused; false when reading
    /// is over.
    func waitForRoom() -> Bool {
        state.wait { state in
            if state.isReadingOver { return false }
            return limits.refusesWhenBusy || state.total.fits(limits) ? true : nil
        }
    }

    /// Whether there is room for one more call beside `load`, which is not yet submitted. A call that touches no
    /// resource has twice the room, so that questions about the daemon are answered while other calls are refused.
    func hasRoom(for footprint: Footprint, beside load: Load) -> Bool {
        let share = footprint.isEmpty ? 2 : 1
        let total = state.withLock { $0.total }
        let (calls, bytes) = (total.calls + load.calls, total.bytes + load.bytes)
        return Load(calls: calls / share, bytes: bytes / share).fits(limits)
    }

    /// Ends the reading. What was read already is still submitted and served.
    func stopReading() {
        state.update { $0.isReadingOver = true }
    }

    /// Lets groups whose calls are all of another protocol and only read end within a time: what is not answered by
    /// then is answered as cancelled, and not waited for.
    func endForeignReads(after time: Duration) {
        guard !state.withLock({ $0.foreignReads.isEmpty }) else { return }
        Task { [weak self] in
            try await Task.sleep(for: time)
            guard let self else { return }
            // A group that waited for one of these may begin, and is looked at too.
            while case let groups = state.withLock({ $0.foreignReads }), !groups.isEmpty {
                for group in groups {
                    for index in 0..<group.calls.count { group.refuse(index, with: Failure(.requestCancelled)) }
                    finished(group)
                }
            }
        }
    }

    /// Notes that nothing will be submitted any more.
    func close() {
        let isOver = state.change { state in
            state.close()
            return (state.isOver, true)
        }
        if isOver { continuation.finish() }
    }
}
