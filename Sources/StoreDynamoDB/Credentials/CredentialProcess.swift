import Glibc
import Platform

/// Why a program gave no output to use; `reason` goes on after the program's name.
struct CredentialProcessError: Error {
    let reason: String
}

/// A program that prints credentials. It is started without a shell, with no input, and its messages are not kept,
/// since they may be secret.
struct CredentialProcess {
    let words: [String]
    let timeout: Duration
    var groups = ProcessGroups.ofThisProcess

    private static let maximumBytes = 1 << 20

    /// Runs the program and returns what it has printed. Blocks; ends the program when the time is over, and what it
    /// has started when it has ended.
    func output() throws(CredentialProcessError) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CredentialProcessError(reason: "cannot be started: no descriptor") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let started = start(output: ends[1])
        close(ends[1])
        guard case .success(let process) = started else {
            guard case .failure(let error) = started else { return [] }
            throw error
        }
        groups.add(process)
        let deadline = ContinuousClock.now + timeout
        let printed = read(FileDescriptor(ends[0]), until: deadline)
        // A program may close its output and live on.
        let bytes = printed != nil && Self.hasEnded(process, until: deadline) ? printed : nil
        groups.end(process)
        var status: Int32 = 0
        _ = retryingInterrupts { waitpid(process, &status, 0) }
        guard let bytes else {
            throw CredentialProcessError(reason: "did not end within \(timeout.components.seconds) seconds")
        }
        guard status == 0 else {
            let code = status >> 8 & 0xFF
            throw CredentialProcessError(
                reason: status & 0x7F == 0 ? "ended with exit code \(code)" : "was ended by signal \(status & 0x7F)")
        }
        return bytes
    }

    /// Whether a child ends before the deadline. It stays to be waited for.
    private static func hasEnded(_ process: pid_t, until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            var information = siginfo_t()
            let code = retryingInterrupts { waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) }
            if code != 0 || information.si_signo != 0 { return true }
            if deadline <= .now { return false }
            usleep(10_000)
        }
    }

    /// Starts the program in a process group of its own, with no signal blocked or ignored.
    private func start(output: Int32) -> Result<pid_t, CredentialProcessError> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else {
            let text = String(cString: strerror(code))
            return .failure(CredentialProcessError(reason: "cannot be started: \(words[0]): \(text)"))
        }
        return .success(process)
    }

    /// Reads to the end of the output; nil when the deadline passes first, or the output is too long.
    private func read(_ descriptor: FileDescriptor, until deadline: ContinuousClock.Instant) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while descriptor.wait(for: Int32(POLLIN), until: deadline) {
            let count = chunk.withUnsafeMutableBytes { descriptor.read(into: $0) }
            if count <= 0 { return bytes }
            bytes += chunk[..<count]
            if bytes.count > Self.maximumBytes { return nil }
        }
        return nil
    }
}
