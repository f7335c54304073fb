import Glibc
import Synchronization

/// The process groups of the programs that this process has started and that may still run.
public final class ProcessGroups: Sendable {
    /// All of this process.
    public static let ofThisProcess = ProcessGroups()

    private let running = Mutex<Set<pid_t>>([])

    public init() {}

    public func add(_ group: pid_t) {
        running.withLock { _ = $0.insert(group) }
    }

    /// Kills what is left of a group. Called before its leader is waited for: the number is not given anew until then.
    public func end(_ group: pid_t) {
        running.withLock { running in
            running.remove(group)
            kill(-group, SIGKILL)
        }
    }

    /// Kills all groups, before this process ends.
    public func endAll() {
        running.withLock { running in
            for group in running { kill(-group, SIGKILL) }
        }
    }

    /// Ends this process at once, and the programs that it has started.
    public static func exitAtOnce(_ status: Int32) -> Never {
        ofThisProcess.endAll()
        _exit(status)
    }
}
