import Glibc
import Synchronization

/// The process groups of the programs that this process has started and that may still run.
package final class ProcessGroups: Sendable {
    /// All of this process.
    package static let ofThisProcess = ProcessGroups()

    private let running = Mutex<Set<pid_t>>([])

    package init() {}

    package func add(_ group: pid_t) {
        running.withLock { _ = $0.insert(group) }
    }

    /// Kills what is left of a group. Called before its leader is waited for: the number is not given anew until then.
    package func end(_ group: pid_t) {
        running.withLock { running in
            running.remove(group)
            kill(-group, SIGKILL)
        }
    }

    /// Kills all groups, before this process ends.
    package func endAll() {
        running.withLock { running in
            for group in running { kill(-group, SIGKILL) }
        }
    }

    /// Ends this process at once, and the programs that it has started.
    package static func exitAtOnce(_ status: Int32) -> Never {
        ofThisProcess.endAll()
        _exit(status)
    }
}
