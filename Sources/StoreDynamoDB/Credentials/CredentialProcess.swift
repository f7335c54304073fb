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
        let started = Result { () throws(CredentialProcessError) in try start(output: ends[1]) }
        close(ends[1])
        let process = try started.get()
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

    private func start(output: Int32) throws(CredentialProcessError) -> pid_t {
        do throws(ProgramStart.Failure) {
            return try ProgramStart.start(words, output: output)
        } catch {
            let text = String(cString: strerror(error.code))
            throw CredentialProcessError(reason: "cannot be started: \(words[0]): \(text)")
        }
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
