import Glibc
import JSON
import Platform

/// Reads requests until there are no more, a round at a time: the body of the reader thread.
struct RequestReader: ~Copyable {
    private let input: Int32
    private let outputDescriptor: Int32
    private let wake: WakePipe
    private let output: OutputQueue
    private let dispatcher: Dispatcher
    private var lines: LineBuffer
    private var router: Router

    init(
        input: Int32, outputDescriptor: Int32, wake: WakePipe, output: OutputQueue, dispatcher: Dispatcher,
        limits: Limits, router: consuming Router
    ) {
        self.input = input
        self.outputDescriptor = outputDescriptor
        self.wake = wake
        self.output = output
        self.dispatcher = dispatcher
        lines = LineBuffer(maximumLineBytes: limits.maximumLineBytes, readBytes: limits.readBytes)
        self.router = router
    }

    /// Reads, and says why it stopped. Everything that was read has been submitted or answered.
    mutating func run() -> Connection.Ending {
        while true {
            guard output.waitForRoom() else { return ending }
            guard dispatcher.waitForRoom() else { return ending }
            guard waitForInput() else { return ending }
            let room = lines.makeRoom()
            let count = read(input, room.baseAddress, room.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count < 0 { return .inputFailed(errno: errno) }
            lines.filled(count)
            serveRound()
            if count == 0 { return serveRest() ? .endOfInput : .cutInput }
        }
    }

    private var ending: Connection.Ending {
        output.isBroken ? .outputClosed : .stopped
    }

    private mutating func serveRound() {
        router.beginRound()
        while serve(lines.next()) {
            guard router.isRoundFull else { continue }
            router.endRound()
            // What was read is served in any case, also when nobody waits for the answers any more.
            _ = output.waitForRoom()
            _ = dispatcher.waitForRoom()
            router.beginRound()
        }
        router.endRound()
    }

    /// Serves what comes after the last line end; false when it is no whole line.
    private mutating func serveRest() -> Bool {
        router.beginRound()
        defer { router.endRound() }
        switch lines.rest() {
        case .line(let line): return router.take(line)
        case .tooLong:
            router.takeTooLong()
            return false
        case .none: return !lines.isCutShort
        }
    }

    /// Serves a frame; false when there was none.
    private mutating func serve(_ frame: LineBuffer.Frame) -> Bool {
        switch frame {
        case .line(let line): _ = router.take(line)
        case .tooLong: router.takeTooLong()
        case .none: return false
        }
        return true
    }

    /// Blocks until there is something to read; false when the daemon is to stop, or the answers' reader has gone.
    private func waitForInput() -> Bool {
        var polls = [
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: outputDescriptor, events: 0, revents: 0),
        ]
        while true {
            let count = poll(&polls, nfds_t(polls.count), -1)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if polls[2].revents & Int16(POLLERR | POLLHUP) != 0 {
                output.abandon()
                return false
            }
            return polls[1].revents == 0
        }
    }
}
