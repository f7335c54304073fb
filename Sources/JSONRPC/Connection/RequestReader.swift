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
        let ending = read()
        router.finish()
        return ending
    }

    private mutating func read() -> Connection.Ending {
        while output.waitForRoom(), scheduler.waitForRoom(), waitForInput() {
            let count = input.read(into: lines.makeRoom())
            if count < 0, errno == EAGAIN { continue }
            if count < 0 { return .inputFailed(errno: errno) }
            lines.filled(count)
            serveRound()
            if count == 0 { return serveRest() ? .endOfInput : .cutInput }
        }
        guard output.isBroken else { return .stopped }
        serveRemainder()
        return .outputClosed
    }

    /// Serves what lies in the pipe although nobody reads the responses, because notifications need no reader.
    ///
    /// What the client writes from now on is not read, so that a client that never stops does not keep the daemon.
    private mutating func serveRemainder() {
        var left = input.bytesInPipe
        while left > 0, scheduler.waitForRoom() {
            let count = input.read(into: lines.makeRoom())
            if count <= 0 { break }
            left -= count
            lines.filled(count)
            serveRound()
        }
        if left <= 0, input.isHungUp { _ = serveRest() }
    }

    private mutating func serveRound() {
        router.beginRound()
        var count = 0
        while serve(lines.next()) != nil {
            count += 1
            if router.isRoundFull { router.beginNextRound() }
            LoneWork.giveWay()
        }
        BatchPolicy.note(roundOf: count)
        BatchPolicy.take()
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
    private mutating func waitForInput() -> Bool {
        var polls = [
            pollfd(fd: input.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: outputDescriptor, events: 0, revents: 0),
            // A negative one is ignored.
            pollfd(fd: router.awaited?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = retryingInterrupts { poll(&polls, nfds_t(polls.count), -1) }
            if count < 0, errno == EAGAIN { continue }
            if polls[2].revents & Int16(POLLERR | POLLHUP) != 0 {
                output.abandon()
                return false
            }
            if polls[3].revents != 0 {
                router.takeMethods()
                polls[3] = pollfd(fd: -1, events: 0, revents: 0)
                if polls[0].revents == 0, polls[1].revents == 0 { continue }
            }
            return polls[1].revents == 0
        }
    }
}

extension FileDescriptor {
    /// The bytes that wait in a pipe or socket; 0 for anything else, such as a file.
    fileprivate var bytesInPipe: Int {
        var status = stat()
        guard fstat(number, &status) == 0, [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) else { return 0 }
        var count: Int32 = 0
        return ioctl(number, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    /// Whether the writers of an empty pipe have closed it.
    fileprivate var isHungUp: Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLIN) == 0 && entry.revents & Int16(POLLHUP) != 0
    }
}
