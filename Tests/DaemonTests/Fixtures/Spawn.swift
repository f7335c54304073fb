import Glibc
import Synchronization

/// What a child process begins with, down to its descriptors.
struct Spawn {
    struct Failure: Error {
        let path: String
        let code: Int32
    }

    var executable: String
    var arguments: [String]
    var environment: [String: String]
    /// The child's descriptors and what they are in this process; those of 0...2 that are missing are closed.
    var descriptors: [(child: Int32, own: Int32)]

    /// Starts the child with no signal blocked or ignored, whatever this process does with its own.
    func start() throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (child, own) in descriptors { posix_spawn_file_actions_adddup2(&actions, own, child) }
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
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let code = Pipe.gate.withLock { _ in
            posix_spawn(&process, executable, &actions, &attributes, &words, &variables)
        }
        guard code == 0 else { throw Failure(path: executable, code: code) }
        return process
    }
}
