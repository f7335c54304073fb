import Platform

/// Has groups run as soon as the groups that they follow are finished and their lane has room.
final class Dispatcher: Sendable {
    private let run: @Sendable (any CallGroup, Dispatcher) -> Void
    private let over: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let flight: Monitor<Flight<any CallGroup>>
    private let limits: Limits
    private let deadlines: Deadlines

    /// `run` begins to serve a group and returns at once; `finished` is called when the group has been served.
    init(
        limits: Limits, deadlines: Deadlines,
        run: @escaping @Sendable (any CallGroup, Dispatcher) -> Void = Dispatcher.runAsTask
    ) {
        self.run = run
        self.limits = limits
        self.deadlines = deadlines
        flight = Monitor(Flight(groupsInLane: limits.groupsInLane))
        (over, continuation) = AsyncStream.makeStream()
    }

    /// Serves a group in a task of its own, which nobody's task is the parent of: so each can be cancelled by itself.
    private static func runAsTask(_ group: any CallGroup, dispatcher: Dispatcher) {
        let task = Task(priority: group.isUrgent ? .high : .medium) {
            await group.run()
            dispatcher.finished(group)
        }
        group.calls.started(as: task)
    }

    /// Waits until nothing is under way and nothing will be submitted any more.
    func waitUntilOver() async {
        for await _ in over {}
    }

    /// The groups that still run or wait.
    var unfinished: Set<GroupID> { flight.withLock { $0.unfinished } }

    /// Whether no group of a lane runs.
    func isIdle(_ lane: Int) -> Bool { flight.withLock { $0.isIdle(lane) } }

    func announce(_ id: GroupID) {
        flight.withLock { $0.announce(id) }
    }

    func submit(_ group: any CallGroup, bytes: Int) {
        let load = Flight<any CallGroup>.Load(calls: group.calls.count, bytes: bytes)
        deadlines.watch(group.id, group.calls)
        let isReady = flight.withLock { flight in
            flight.submit(group.id, group, lane: group.lane, load: load, follows: group.follows)
        }
        if isReady { run(group, self) }
    }

    /// Notes that a group has given out its answers.
    func finished(_ group: any CallGroup) {
        let (next, isOver) = flight.change { flight in
            let next = flight.finish(group.id)
            return ((next, flight.isOver), true)
        }
        deadlines.finished(group.id)
        for group in next { run(group, self) }
        if isOver { continuation.finish() }
    }

    /// Blocks the reader until there is room for more calls, unless they are refused then; false when no more is to be
    /// read.
    func waitForRoom() -> Bool {
        flight.wait { flight in
            if flight.isStopped { return false }
            return limits.refusesWhenBusy || limits.haveRoom(for: flight.total) ? true : nil
        }
    }

    /// Whether there is room for a call beside `load`, which is not submitted yet. One that touches no resource asks
    /// how these are: for it there is as much room again, so that it is answered when the others are refused.
    func hasRoom(for footprint: Footprint, beside load: Flight<any CallGroup>.Load) -> Bool {
        let share = footprint.isEmpty ? 2 : 1
        return flight.withLock { flight in
            let calls = flight.total.calls + load.calls
            let bytes = flight.total.bytes + load.bytes
            return limits.haveRoom(for: .init(calls: calls / share, bytes: bytes / share))
        }
    }

    /// Says that no more is to be read. What was read already is still submitted and served.
    func stopReading() {
        flight.change { flight in
            flight.stop()
            return ((), true)
        }
    }

    /// Says that nothing will be submitted any more.
    func close() {
        let isOver = flight.change { flight in
            flight.close()
            return (flight.isOver, true)
        }
        if isOver { continuation.finish() }
    }
}

extension Limits {
    fileprivate func haveRoom(for load: Flight<any CallGroup>.Load) -> Bool {
        load.calls < callsInFlight && load.bytes < bytesInFlight
    }
}
