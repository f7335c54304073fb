import Glibc
import Platform

/// Responses on their way to a file descriptor, as buffers of whole lines or as parts of a long line. One thread writes
/// them.
///
/// The caller itself writes a short buffer to a pipe with room, because waking the thread would delay a lone response.
/// Whoever adds does not wait. So three others keep the queue near its limit: the reader of requests, groups before
/// they start, and a group between two parts of its responses.
final class OutputQueue: Sendable {
    /// What the queue lets others do.
    enum Room {
        case free
        /// Responses that wait for others take the limit. They leave only when further calls are served.
        case held
        /// Responses that wait for their reader take the limit.
        case full
    }

    private struct State {
        var buffers: [[UInt8]] = []
        var bytes = 0
        /// The bytes of responses that wait elsewhere for earlier responses.
        var heldBytes = 0
        var longLines = LongLines()
        /// Whether somebody writes a buffer that has left `buffers`.
        var isWriting = false
        var isClosed = false
        /// Whether the client has gone, or the device is full.
        var isBroken = false
        /// Whether no more is read, so that the reader does not wait for room.
        var isReadingOver = false
        /// The groups that wait until less than the limit is queued.
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// Called when there is more room than before.
        var onRoom: @Sendable () -> Void = {}

        mutating func add(_ buffer: [UInt8]) {
            buffers.append(buffer)
            bytes += buffer.count
        }

        /// Adds a part of a long line, or whole lines, in the order that long lines demand.
        mutating func add(_ buffer: [UInt8], of owner: ObjectIdentifier?, isLast: Bool) {
            for freed in longLines.add(buffer, of: owner, isLast: isLast) { add(freed) }
        }

        mutating func removeWritten(_ count: Int) {
            isWriting = false
            bytes = max(0, bytes - count)
        }
    }

    private let state = Monitor(State())
    private let descriptor: FileDescriptor
    private let isPipe: Bool
    private let limitBytes: Int
    private let onBroken: @Sendable () -> Void

    /// The most bytes that a pipe with room takes at once (`PIPE_BUF` in pipe(7)).
    private static let atomicBytes = 4096

    /// `onBroken` is called when responses can no longer be delivered.
    init(descriptor: Int32, limitBytes: Int, onBroken: @escaping @Sendable () -> Void = {}) {
        self.descriptor = FileDescriptor(descriptor)
        var status = stat()
        isPipe = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
        self.limitBytes = limitBytes
        self.onBroken = onBroken
    }

    /// Whether responses can no longer be delivered.
    var isBroken: Bool { state.withLock { $0.isBroken } }

    var room: Room { state.withLock { room($0) } }

    /// Calls `onRoom` whenever there is more room than before.
    func onRoom(_ onRoom: @escaping @Sendable () -> Void) {
        state.withLock { $0.onRoom = onRoom }
    }

    /// Queues whole lines, and releases `heldBytes` that were held for them.
    ///
    /// A long line may come in parts, each but the last without `isLast`; its owner tells whose part this is. From the
    /// first part of a line to its last, everything else waits.
    func append(_ buffer: [UInt8], of owner: AnyObject? = nil, isLast: Bool = true, releasing heldBytes: Int = 0) {
        if buffer.isEmpty { return release(heldBytes) }
        let owner = owner.map(ObjectIdentifier.init)
        let isShort = buffer.count <= Self.atomicBytes
        let isMine: Bool = change { state in
            state.heldBytes -= heldBytes
            if state.isBroken { return (false, heldBytes > 0) }
            if !isLast || !state.longLines.isEmpty {
                state.add(buffer, of: owner, isLast: isLast)
                return (false, true)
            }
            if isShort, !state.isWriting, state.buffers.isEmpty {
                state.bytes += buffer.count
                state.isWriting = true
                return (true, heldBytes > 0)
            }
            state.add(buffer)
            return (false, state.buffers.count == 1 && !state.isWriting || heldBytes > 0)
        }
        if isMine { finishWriting(buffer, isWritten: writeNow(buffer)) }
    }

    /// Writes a short buffer if a pipe has room for it; false when it was not written. The write may still block when
    /// another process fills the same pipe meanwhile.
    private func writeNow(_ buffer: [UInt8]) -> Bool {
        guard isPipe else { return false }
        var entry = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, 0) == 1, entry.revents == Int16(POLLOUT) else { return false }
        return write(descriptor.number, buffer, buffer.count) == buffer.count
    }

    /// Leaves a buffer that could not be written at once to the thread.
    private func finishWriting(_ buffer: [UInt8], isWritten: Bool) {
        change { state in
            let hadRoom = room(state) == .free
            state.removeWritten(isWritten ? buffer.count : 0)
            if !isWritten, !state.isBroken { state.buffers.insert(buffer, at: 0) }
            return ((), !state.buffers.isEmpty || state.isClosed || !hadRoom)
        }
    }

    /// Counts the bytes of a response that waits for earlier responses.
    func hold(_ byteCount: Int) {
        state.withLock { $0.heldBytes += byteCount }
    }

    /// Stops counting bytes that were held.
    func release(_ byteCount: Int) {
        if byteCount == 0 { return }
        change { state in
            state.heldBytes -= byteCount
            return ((), true)
        }
    }

    /// Blocks until less than the limit is queued and held; false when reading is over, or nobody reads the responses.
    func waitForRoom() -> Bool {
        state.wait { state in
            if state.isBroken || state.isReadingOver { return false }
            return room(state) == .free ? true : nil
        }
    }

    /// Blocks until less than the limit is queued and held, also when reading is over. In the middle of the line that
    /// `owner` writes, what waits for the end of that line does not count, because it cannot leave before.
    func waitForRoom(amid owner: AnyObject?) {
        let owner = owner.map(ObjectIdentifier.init)
        state.wait { state in
            let behind = state.longLines.isFirst(owner) ? 0 : state.longLines.bytes
            return state.isBroken || state.bytes + state.heldBytes + behind < limitBytes ? () : nil
        }
    }

    /// Suspends until less than the limit is queued.
    func untilTaken() async {
        if room != .full { return }
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard room(state) == .full else { return false }
                state.waiters.append(continuation)
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }

    private func room(_ state: State) -> Room {
        if state.bytes >= limitBytes { return .full }
        return state.bytes + state.heldBytes + state.longLines.bytes >= limitBytes ? .held : .free
    }

    /// Changes the state, and tells those who wait for room when there is more than before.
    private func change<R>(_ body: (inout State) -> (result: R, wakes: Bool)) -> R {
        let (result, onRoom, waiters) = state.change { state in
            let before = room(state)
            let (result, wakes) = body(&state)
            let after = room(state)
            if before == after || before == .free || after == .full {
                return ((result, (@Sendable () -> Void)?.none, [CheckedContinuation<Void, Never>]()), wakes)
            }
            defer { state.waiters = [] }
            return ((result, state.onRoom, state.waiters), wakes)
        }
        for waiter in waiters { waiter.resume() }
        onRoom?()
        return result
    }

    /// Drops what is queued and everything that is added later.
    func abandon() {
        change { state in
            state.isBroken = true
            state.buffers.removeAll()
            state.bytes = 0
            state.longLines = LongLines()
            return ((), true)
        }
        onBroken()
    }

    /// Notes that reading is over, and releases the reader that waits for room.
    func stopWaiting() {
        state.update { $0.isReadingOver = true }
    }

    /// Notes that nothing will be added any more.
    func close() {
        state.update { $0.isClosed = true }
    }

    /// Writes what is queued until the queue is closed and empty: the body of the writer thread.
    func drain() {
        while let buffers = next() {
            BatchPolicy.take()
            var written = 0
            for buffer in buffers {
                guard descriptor.writeAll(buffer) else {
                    abandon()
                    break
                }
                written += buffer.count
            }
            change { state in
                state.removeWritten(written)
                return ((), true)
            }
        }
    }

    /// Takes all queued buffers, as soon as there are any; nil when there will be none.
    private func next() -> [[UInt8]]? {
        state.wait { state -> [[UInt8]]?? in
            if state.isBroken { return .some(nil) }
            if state.isWriting { return nil }
            if state.buffers.isEmpty { return state.isClosed ? .some(nil) : nil }
            state.isWriting = true
            defer { state.buffers = [] }
            return .some(state.buffers)
        }
    }
}
