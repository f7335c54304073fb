import Platform

/// Whole buffers of answers on their way to a file descriptor, written by one thread; a short one to a pipe with room is
/// written by whoever adds it, which spares a lone answer the way to that thread.
///
/// Adding never blocks; the reader of requests waits for room instead, so that what is queued stays bounded by the
/// limit and by what was in flight when it was reached.
final class OutputQueue: Sendable {
    private struct State {
        var buffers: [[UInt8]] = []
        var bytes = 0
        /// What answers take that wait elsewhere for others.
        var heldBytes = 0
        /// Somebody writes what is no longer among the buffers.
        var isWriting = false
        var isClosed = false
        /// The reader of the answers has gone, or the device is full.
        var isBroken = false
        /// No more is read, so nobody waits for room.
        var isReadingOver = false
    }

    private let state = Monitor(State())
    private let descriptor: AnswerDescriptor
    private let limitBytes: Int
    private let onBroken: @Sendable () -> Void

    /// `onBroken` is called when answers can no longer be delivered.
    init(descriptor: Int32, limitBytes: Int, onBroken: @escaping @Sendable () -> Void = {}) {
        self.descriptor = AnswerDescriptor(descriptor)
        self.limitBytes = limitBytes
        self.onBroken = onBroken
    }

    /// Whether answers can no longer be delivered.
    var isBroken: Bool { state.withLock { $0.isBroken } }

    /// Whether less than the limit is queued and held.
    var hasRoom: Bool { state.withLock { hasRoom($0) } }

    /// Queues a buffer, which may hold several lines but no part of one. `heldBytes` of it were held until now.
    func append(_ buffer: [UInt8], releasing heldBytes: Int = 0) {
        if buffer.isEmpty { return release(heldBytes) }
        let isShort = buffer.count <= AnswerDescriptor.atomicBytes
        let isMine: Bool = state.change { state in
            state.heldBytes -= heldBytes
            if state.isBroken { return (false, heldBytes > 0) }
            state.bytes += buffer.count
            if isShort, !state.isWriting, state.buffers.isEmpty {
                state.isWriting = true
                return (true, heldBytes > 0)
            }
            state.buffers.append(buffer)
            return (false, state.buffers.count == 1 && !state.isWriting || heldBytes > 0)
        }
        if isMine { finishWriting(buffer, isWritten: descriptor.writeNow(buffer)) }
    }

    /// Leaves to the thread what could not be written at once.
    private func finishWriting(_ buffer: [UInt8], isWritten: Bool) {
        state.change { state in
            let hadRoom = hasRoom(state)
            state.isWriting = false
            if isWritten {
                state.bytes = max(0, state.bytes - buffer.count)
            } else if !state.isBroken {
                state.buffers.insert(buffer, at: 0)
            }
            return ((), !state.buffers.isEmpty || state.isClosed || !hadRoom)
        }
    }

    /// Counts an answer that cannot be queued before others are.
    func hold(_ byteCount: Int) {
        state.withLock { $0.heldBytes += byteCount }
    }

    /// Counts no longer what was held.
    func release(_ byteCount: Int) {
        if byteCount == 0 { return }
        state.change { state in
            state.heldBytes -= byteCount
            return ((), true)
        }
    }

    /// Blocks until less than the limit is queued and held; false when nothing more is to be read.
    func waitForRoom() -> Bool {
        state.wait { state in
            if state.isBroken || state.isReadingOver { return false }
            return hasRoom(state) ? true : nil
        }
    }

    private func hasRoom(_ state: State) -> Bool {
        state.bytes + state.heldBytes < limitBytes
    }

    /// Gives up on delivering.
    func abandon() {
        state.change { state in
            state.isBroken = true
            state.buffers.removeAll()
            state.bytes = 0
            return ((), true)
        }
        onBroken()
    }

    /// Says that no more is read.
    func stopWaiting() {
        state.change { state in
            state.isReadingOver = true
            return ((), true)
        }
    }

    /// Says that nothing will be added any more.
    func close() {
        state.change { state in
            state.isClosed = true
            return ((), true)
        }
    }

    /// The body of the writer thread: writes what is queued until the queue is closed and empty.
    func drain() {
        while let buffers = next() {
            var written = 0
            for buffer in buffers {
                guard descriptor.write(buffer) else {
                    abandon()
                    break
                }
                written += buffer.count
            }
            let count = written
            state.change { state in
                state.isWriting = false
                state.bytes = max(0, state.bytes - count)
                return ((), true)
            }
        }
    }

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
