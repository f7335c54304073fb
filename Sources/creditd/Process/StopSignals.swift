import ArgumentParser
import Glibc
import Platform
import Synchronization

/// SIGTERM, SIGINT and SIGHUP. The main thread does nothing but wait for them; what they do depends on how far the
/// command has come.
///
/// Static, because signals belong to the process. A signal that the parent ignores (`nohup`, a background job of a
/// shell) stays ignored.
enum StopSignals {
    /// What a signal does.
    enum Effect: Sendable {
        /// It waits until the command is known.
        case held
        /// It ends the process as the system does by default.
        case endsProcess
        /// It ends the process so after a last act, which must not take long.
        case endsAfter(_ act: @Sendable () -> Void)
        /// It ends a service with 0, because nothing was read yet. SIGHUP does nothing: the settings are just read.
        case endsStart(ServiceStart)
        /// SIGTERM and SIGINT call `stop` with the signal's number. SIGHUP calls `reload`, or does as they do when that
        /// is nil.
        case stops(_ stop: @Sendable (Int32) -> Void, reload: (@Sendable () -> Void)?)
    }

    /// How long the command may still take after the first signal; the second ends it at once.
    static let graceSeconds = 10

    private static let effect = Mutex(Effect.held)
    private static let isReloading = Atomic(false)
    private static let lastAct = Mutex<(@Sendable () -> Void)?>(nil)

    /// Says what signals do from now on, those included that have come already.
    static func now(_ next: Effect) {
        effect.withLock { $0 = next }
    }

    /// Says what is done before a second signal, or the end of the grace time, ends the process. It must not take long.
    static func beforeForcedEnd(_ act: @escaping @Sendable () -> Void) {
        lastAct.withLock { $0 = act }
    }

    /// Restores the default: a signal ends the process.
    static func unblock() {
        now(.endsProcess)
    }

    /// Blocks the signals in this thread and in every thread that it starts, and ignores SIGPIPE. The main thread calls
    /// this before it starts any other.
    static func block() -> sigset_t {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP] where !isIgnored(number) { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        return set
    }

    /// Waits for the signals of a set until the process ends. Meanwhile it looks after a start: a command that gets no
    /// thread ends with a sentence.
    static func wait(for set: sigset_t) -> Never {
        var start = StartWatch()
        while true {
            let current = effect.withLock { $0 }
            if let number = next(of: set, within: start.pauseSeconds(current)) {
                take(number, of: set)
            } else {
                start.look(current)
            }
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        // SIG_IGN is 1; function pointers cannot be compared.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// The next signal; nil when none comes within the time.
    private static func next(of set: sigset_t, within seconds: Int?) -> Int32? {
        var set = set
        guard let seconds else {
            let number = sigwaitinfo(&set, nil)
            return number > 0 ? number : nil
        }
        var time = timespec(tv_sec: seconds, tv_nsec: 0)
        let number = sigtimedwait(&set, nil, &time)
        return number > 0 ? number : nil
    }

    private static func take(_ number: Int32, of set: sigset_t) {
        while true {
            switch effect.withLock({ $0 }) {
            case .held:
                // The command line is read within milliseconds.
                usleep(1000)
                continue
            case .endsProcess:
                end(by: number)
            case .endsAfter(let act):
                act()
                end(by: number)
            case .endsStart:
                if number != SIGHUP { ProcessGroups.exitAtOnce(0) }
            case .stops(let stop, let reload):
                if number == SIGHUP, let reload { return begin(reload) }
                stop(number)
                waitForEnd(after: set, ignoring: reload == nil ? nil : SIGHUP)
            }
            return
        }
    }

    /// Reads files anew on a thread of its own, one reading at a time: a file that does not answer must not keep the
    /// next signal from being heeded.
    private static func begin(_ reload: @escaping @Sendable () -> Void) {
        guard !isReloading.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let hasThread = OSThread.start {
            reload()
            isReloading.store(false, ordering: .releasing)
        }
        if !hasThread { isReloading.store(false, ordering: .releasing) }
    }

    private static func end(by number: Int32) -> Never {
        ProcessGroups.ofThisProcess.endAll()
        signal(number, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        kill(getpid(), number)
        while true { pause() }
    }

    /// Gives the command its grace time, unless a second signal comes.
    private static func waitForEnd(after set: sigset_t, ignoring ignored: Int32?) -> Never {
        var rest = set
        if let ignored { sigdelset(&rest, ignored) }
        let end = ContinuousClock.now + .seconds(graceSeconds)
        // Without a number when another signal interrupts it, as the end of a child does.
        while ContinuousClock.now < end {
            if let second = next(of: rest, within: 1) { exit(128 + second) }
        }
        exit(ExitStatus.graceTimePassed.rawValue)
    }

    private static func exit(_ status: Int32) -> Never {
        lastAct.withLock(\.self)?()
        ProcessGroups.exitAtOnce(status)
    }
}

/// What the main thread notices while a command starts.
///
/// The pool of Swift's tasks and libdispatch wait for a thread for as long as the system gives none, so that somebody
/// else has to look.
private struct StartWatch {
    /// How many seconds in a row without a thread end the process.
    private static let mostFailures = 3
    /// How long a command that is no service is watched: its work then has its threads.
    private static let watchedSeconds = 10

    private var seconds = 0
    private var failures = 0

    /// How long to wait for a signal before the next look; nil when nothing is left to look after.
    func pauseSeconds(_ effect: StopSignals.Effect) -> Int? {
        switch effect {
        case .held, .endsStart: 1
        case .endsProcess, .endsAfter: seconds < Self.watchedSeconds ? 1 : nil
        case .stops: nil
        }
    }

    mutating func look(_ effect: StopSignals.Effect) {
        seconds += 1
        failures = OSThread.start {} ? 0 : failures + 1
        if case .endsStart(let start) = effect {
            start.tellWaiting()
            if failures >= Self.mostFailures { start.refuse(.noThread) }
        }
        if failures >= Self.mostFailures {
            FileDescriptor(2).offer("creditd: \(StartFailure.noThread.message)\n")
            ProcessGroups.exitAtOnce(ExitStatus.system.rawValue)
        }
    }
}
