import Glibc
import Platform

/// Whole buffers of responses on their way to a file descriptor. One thread writes them.
///
/// The caller itself writes a short buffer to a pipe with room, because waking the thread would delay a lone response.
/// The reader of requests waits for room, whoever adds does not. So the queue exceeds its limit only by what was in
/// flight when the limit was reached.
final class OutputQueue: Sendable {
    private struct State {
        var buffers: [[UInt8]] = []
        var bytes = 0
        /// The bytes of responses that wait elsewhere for earlier responses.
        var heldBytes = 0
        /// Whether somebody writes a buffer that has left `buffers`.
        var isWriting = false
        var isClosed = false
        /// Whether the client has gone, or the device is full.
        var isBroken = false
        /// Whether no more is read, so that nobody waits for room.
        var isReadingOver = false
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

    /// Whether less than the limit is queued and held.
    var hasRoom: Bool { state.withLock { hasRoom($0) } }

    /// Queues a buffer of whole lines, and releases `heldBytes` that were held for it.
    func append(_ buffer: [UInt8], releasing heldBytes: Int = 0) {
        if buffer.isEmpty { return release(heldBytes) }
        let isShort = buffer.count <= Self.atomicBytes
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

    /// Counts the bytes of a response that waits for earlier responses.
    func hold(_ byteCount: Int) {
        state.withLock { $0.heldBytes += byteCount }
    }

    /// Stops counting bytes that were held.
    func release(_ byteCount: Int) {
        if byteCount == 0 { return }
        state.update { $0.heldBytes -= byteCount }
    }

    /// Blocks until less than the limit is queued and held; false when reading is over.
    func waitForRoom() -> Bool {
        state.wait { state in
            if state.isBroken || state.isReadingOver { return false }
            return hasRoom(state) ? true : nil
        }
    }

    private func hasRoom(_ state: State) -> Bool {
        state.bytes + state.heldBytes < limitBytes
    }

    /// Drops what is queued and everything that is added later.
    func abandon() {
        state.update { state in
            state.isBroken = true
            state.buffers.removeAll()
            state.bytes = 0
        }
        onBroken()
    }

    /// Notes that reading is over, and releases whoever waits for room.
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
            var written = 0
            for buffer in buffers {
                guard descriptor.writeAll(buffer) else {
                    abandon()
                    break
                }
                written += buffer.count
            }
            state.update { state in
                state.isWriting = false
                state.bytes = max(0, state.bytes - written)
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
