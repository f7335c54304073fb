import Glibc
import Platform

/// What is written to a child's stdin, by a thread of its own: a child that waits for its output to be read never
/// holds the test up.
final class InputFeed: Sendable {
    private struct State {
        var parts: [[UInt8]] = []
        var isClosed = false
        /// Everything that was given is in the pipe.
        var isIdle = true
        /// The child takes no more.
        var isBroken = false
    }

    private let state = Monitor(State())

    /// Takes over the write end of a pipe.
    init(descriptor: Int32) {
        let state = state
        let isStarted = OSThread.start {
            // The child may go away at any time; a write then fails instead of ending this process.
            var set = sigset_t()
            sigemptyset(&set)
            sigaddset(&set, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &set, nil)
            while let part = Self.next(of: state), Self.put(part, to: descriptor) {}
            Glibc.close(descriptor)
            state.change { state in
                state.isBroken = true
                return ((), true)
            }
        }
        precondition(isStarted, "a test machine has a thread left")
    }

    deinit {
        close()
    }

    func write(_ bytes: [UInt8]) {
        state.change { state in
            state.parts.append(bytes)
            state.isIdle = false
            return ((), true)
        }
    }

    /// Ends the input after all that was written.
    func close() {
        state.change { state in
            state.isClosed = true
            return ((), true)
        }
    }

    func waitUntilWritten() {
        state.wait { $0.isIdle || $0.isBroken ? () : nil }
    }

    private static func next(of state: Monitor<State>) -> [UInt8]? {
        state.change { state in
            state.isIdle = state.parts.isEmpty
            return ((), state.isIdle)
        }
        return state.wait { state -> [UInt8]?? in
            if !state.parts.isEmpty { return .some(state.parts.removeFirst()) }
            return state.isClosed ? .some(nil) : nil
        }
    }

    private static func put(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }
}
