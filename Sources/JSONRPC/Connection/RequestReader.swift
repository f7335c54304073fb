import Glibc
import JSON
import Platform

/// Reads requests to the end, one round for each read: the body of the reader thread.
struct RequestReader: ~Copyable {
    let input: FileDescriptor
    let outputDescriptor: Int32
    let wake: WakePipe
    let output: OutputQueue
    let scheduler: GroupScheduler
    var lines: LineBuffer
    var router: Router

    /// Reads, and returns why reading ended. By then everything that was read is submitted or answered.
    mutating func run() -> Connection.Ending {
        while true {
            guard output.waitForRoom(), scheduler.waitForRoom(), waitForInput() else {
                return output.isBroken ? .outputClosed : .stopped
            }
            let count = input.read(into: lines.makeRoom())
            if count < 0, errno == EAGAIN { continue }
            if count < 0 { return .inputFailed(errno: errno) }
            lines.filled(count)
            serveRound()
            if count == 0 { return serveRest() ? .endOfInput : .cutInput }
        }
    }

    private mutating func serveRound() {
        router.beginRound()
        while serve(lines.next()) != nil {
            guard router.isRoundFull else { continue }
            router.endRound()
            // What was read is served in any case, so the results do not matter.
            _ = output.waitForRoom()
            _ = scheduler.waitForRoom()
            router.beginRound()
        }
        router.endRound()
    }

    /// Serves what follows the last line end; false when that is no whole line.
    private mutating func serveRest() -> Bool {
        router.beginRound()
        defer { router.endRound() }
        return serve(lines.rest()) ?? !lines.isSkipping
    }

    /// Serves a frame; false for a line that is too long or broken, nil when there was none.
    private mutating func serve(_ frame: LineBuffer.Frame) -> Bool? {
        switch frame {
        case .line(let line): return router.serve(line)
        case .tooLong:
            router.refuseTooLong()
            return false
        case .none: return nil
        }
    }

    /// Blocks until there is input; false when the daemon is to stop or the client no longer reads responses.
    private func waitForInput() -> Bool {
        var polls = [
            pollfd(fd: input.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: outputDescriptor, events: 0, revents: 0),
        ]
        while true {
            let count = retryingInterrupts { poll(&polls, nfds_t(polls.count), -1) }
            if count < 0, errno == EAGAIN { continue }
            if polls[2].revents & Int16(POLLERR | POLLHUP) != 0 {
                output.abandon()
                return false
            }
            return polls[1].revents == 0
        }
    }
}
