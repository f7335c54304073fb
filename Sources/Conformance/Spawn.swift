import Glibc
import Synchronization

/// What a child process begins with, down to its descriptors.
package struct Spawn {
    /// The system started no child.
    package struct Failure: Error {
        package let path: String
        package let code: Int32
    }

    /// A descriptor of the child, and what it is in this process.
    package struct Descriptor {
        let child: Int32
        package let own: Int32

        package init(_ child: Int32, from own: Int32) {
            self.child = child
            self.own = own
        }
    }

    private let executable: String
    private let arguments: [String]
    private let environment: [String: String]
    private let descriptors: [Descriptor]

    /// Those of the descriptors 0...2 that are not given are closed in the child.
    package init(
        executable: String, arguments: [String], environment: [String: String], descriptors: [Descriptor]
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
    }

    /// Starts the child with no signal blocked or ignored, whatever this process does with its own.
    package func start() throws(Failure) -> pid_t {
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
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let code = OSPipe.gate.withLock { _ in
            posix_spawn(&process, executable, &actions, &attributes, &words, &variables)
        }
        guard code == 0 else { throw Failure(path: executable, code: code) }
        return process
    }
}
