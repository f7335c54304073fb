import Glibc
import Synchronization

/// Why a program could not be started with a folder of its own.
public enum ChildStartError: Error, Hashable, Sendable, CustomStringConvertible {
    case noTemporaryFolder
    case noDescriptors
    /// `code` is what posix_spawn(3) returns.
    case notStarted(path: String, code: Int32)

    public var description: String {
        switch self {
        case .noTemporaryFolder: "no temporary folder can be made"
        case .noDescriptors: "the system gives no descriptors"
        case .notStarted(let path, let code): "\(path) cannot be started: \(String(cString: strerror(code)))"
        }
    }
}

/// Both ends of a new pipe, which no child inherits by accident.
struct OSPipe {
    /// Held while a pipe is made and while a child is started, because a new pipe is inherited until its flags are set.
    fileprivate static let lock = Mutex(())

    let readEnd: Int32
    let writeEnd: Int32

    init() throws(ChildStartError) {
        var ends: [Int32] = [-1, -1]
        let isMade = Self.lock.withLock { _ in
            pipe(&ends) == 0 && ends.allSatisfy { fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }
        }
        guard isMade else { throw .noDescriptors }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    /// Writes until there is no room left.
    func fill() {
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
        let page = [UInt8](repeating: 0x2E, count: 4096)
        while write(writeEnd, page, page.count) > 0 {}
        while write(writeEnd, page, 1) > 0 {}
        _ = fcntl(writeEnd, F_SETFL, 0)
    }
}

/// What the system withholds from a child process.
public struct ChildLimits: Sendable {
    /// A signal that the child ignores from the start, as under nohup; nil for none.
    public var ignoredSignal: Int32?
    /// Whether the child gets no second thread: one needs more stack than there are addresses.
    public var hasNoThreads = false

    public init() {}

    /// Calls `start` while this process is what the child inherits, and changes it back.
    fileprivate func apply<R>(_ start: () -> R) -> R {
        var former = sigaction()
        if let ignoredSignal {
            var ignored = sigaction()
            ignored.__sigaction_handler.sa_handler = SIG_IGN
            sigaction(ignoredSignal, &ignored, &former)
        }
        var stack = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &stack)
        if hasNoThreads {
            var endless = rlimit(rlim_cur: Self.stackBytes, rlim_max: stack.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &endless)
        }
        defer {
            if let ignoredSignal { sigaction(ignoredSignal, &former, nil) }
            if hasNoThreads { setrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &stack) }
        }
        return start()
    }

    /// Of a thread's stack, by default: 100 TiB, most of what a process has addresses for.
    private static let stackBytes: rlim_t = 100 << 40
}

/// What a child process begins with, down to its descriptors.
struct Spawn {
    /// A descriptor of the child, and its number in this process.
    struct Descriptor {
        let child: Int32
        let own: Int32
    }

    let executable: String
    let arguments: [String]
    let environment: [String: String]
    /// Those of the descriptors 0...2 that are missing here are closed in the child.
    let descriptors: [Descriptor]
    let limits: ChildLimits

    /// Starts the child with no signal blocked, and none ignored but that of `limits`, whatever this process does with
    /// its own.
    func start() throws(ChildStartError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in descriptors {
            posix_spawn_file_actions_adddup2(&actions, descriptor.own, descriptor.child)
        }
        for child: Int32 in 0...2 where !descriptors.contains(where: { $0.child == child }) {
            posix_spawn_file_actions_addclose(&actions, child)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        if let ignored = limits.ignoredSignal { sigdelset(&all, ignored) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let code = OSPipe.lock.withLock { _ in
            limits.apply { posix_spawn(&process, executable, &actions, &attributes, &words, &variables) }
        }
        guard code == 0 else { throw .notStarted(path: executable, code: code) }
        return process
    }
}
