import ArgumentParser
import Bureau
import Glibc
import Logging
import Platform
import Synchronization

/// The start of `serve`, up to the first byte of its input.
final class ServiceStart: Sendable {
    private let log: Logger
    /// The bases that are being opened.
    private let waiting = Mutex<Set<Base>>([])
    private let hasTold = Atomic(false)

    init(log: Logger) {
        self.log = log
    }

    /// A base is being opened, which the operator is told about when that takes long.
    func begin(_ base: Base) {
        waiting.withLock { _ = $0.insert(base) }
    }

    func end(_ base: Base) {
        waiting.withLock { _ = $0.remove(base) }
    }

    /// Says at a terminal, once, which bases the start waits for.
    func tellWaiting() {
        let bases = waiting.withLock { $0.map(\.rawValue).sorted() }
        guard !bases.isEmpty, isatty(2) == 1, !hasTold.exchange(true, ordering: .relaxed) else { return }
        let names = bases.joined(separator: " and base ")
        FileDescriptor(2).offer("creditd: waiting for base \(names) to answer; Ctrl-C ends it\n")
    }

    /// Says at a terminal what the daemon waits for now.
    static func tellReading() {
        guard isatty(0) == 1, isatty(2) == 1 else { return }
        let end = "Ctrl-D ends it, creditd --help tells more"
        FileDescriptor(2).offer("creditd: reading requests from the terminal, one JSON text a line; \(end)\n")
    }

    /// Logs why the service cannot start, and ends the process.
    func refuse(_ failure: StartFailure) -> Never {
        log.critical("cannot start", metadata: ["reason": "\(failure.message)"])
        ProcessGroups.exitAtOnce(failure.status.rawValue)
    }
}
