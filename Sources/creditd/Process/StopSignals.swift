import ArgumentParser
import Glibc
import JSONRPC
import Platform

/// SIGTERM, SIGINT and SIGHUP: the first asks the daemon to stop, the second ends it.
enum StopSignals {
    /// How long the daemon may still answer calls after the first signal.
    static let graceSeconds = 10

    private static let signals = [SIGTERM, SIGINT, SIGHUP]

    /// Blocks the signals in this thread and in every thread that it starts, and ignores SIGPIPE. The main thread calls
    /// this before it starts any other.
    static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = set
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Restores the default: a signal ends the process.
    static func unblock() {
        var set = set
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Waits for signals on a thread of its own, and calls `stop` at the first.
    static func watch(_ stop: @escaping @Sendable () -> Void) {
        _ = OSThread.start {
            var set = Self.set
            var number: Int32 = 0
            sigwait(&set, &number)
            stop()
            var grace = timespec(tv_sec: Self.graceSeconds, tv_nsec: 0)
            let second = sigtimedwait(&set, nil, &grace)
            _exit(second > 0 ? 128 + second : ExitStatus.graceTimePassed.rawValue)
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
