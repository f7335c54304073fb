import Conformance
import Glibc
import Platform

/// Watches over one child until it is gone, and sees to it that it goes.
///
/// Because an overdue child is killed, whatever waits for its output or its end comes to an end too: no other wait of
/// these tests needs a limit.
final class Lifetime: Sendable {
    /// Far more than any test needs on a machine that is busy with other things.
    static let longestMilliseconds: Int32 = 180_000

    private let process: pid_t
    private let ending = Monitor<Ending?>(nil)

    /// `lifeline` is the read end of a pipe of which only the child holds the other end: it is hung up by its death.
    init(of process: pid_t, lifeline: Int32) {
        self.process = process
        let ending = ending
        let isWatched = OSThread.start {
            var poll = pollfd(fd: lifeline, events: 0, revents: 0)
            let isOverdue = Glibc.poll(&poll, 1, Self.longestMilliseconds) == 0
            if isOverdue { Glibc.kill(process, SIGKILL) }
            close(lifeline)
            // The id stays the child's until it is waited for, which is done while nobody else can send it a signal.
            ending.change { state in
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                state = isOverdue ? .overdue : Ending(status: status)
                return ((), true)
            }
        }
        precondition(isWatched, "a test machine has a thread left")
    }

    /// Sends a signal, unless the child is gone.
    func signal(_ number: Int32) {
        ending.withLock { ending in
            if ending == nil { Glibc.kill(process, number) }
        }
    }

    var isOver: Bool { ending.withLock { $0 != nil } }

    func waitForEnd() -> Ending {
        ending.wait { $0 }
    }
}
