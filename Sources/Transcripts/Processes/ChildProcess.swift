import Glibc
import Platform

/// How a process ended.
public enum ExitReason: Hashable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)
    /// The process ran longer than allowed and was killed.
    case overdue

    /// `status` is what waitpid(2) gives.
    fileprivate init(status: Int32) {
        self = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }

    public var description: String {
        switch self {
        case .exited(let status): "exit \(status)"
        case .signalled(let number): "the end by signal \(number)"
        case .overdue: "no end within the time allowed"
        }
    }
}

/// A program under test with its three streams.
///
/// One thread moves the bytes of all streams: nothing is written or read but in `write`, `advance` and the waits that
/// call it. Every wait has a time limit, so that a program that hangs does not hang its test.
public final class ChildProcess {
    public enum Input: Sendable {
        case pipe
        /// A file that is opened for the child; `inputFileOffset` tells how far the child has read.
        case file(String)
    }

    public enum Output: Sendable {
        case pipe
        /// Not open in the child.
        case closed
    }

    public enum ErrorOutput: Sendable {
        /// A new file in the child's folder.
        case file
        /// A file or terminal that is there.
        case path(String)
        case closed
        /// A pipe without a reader.
        case abandoned
        /// A pipe that is full and never read.
        case full
    }

    public let processID: pid_t
    public let input: ChildInput
    public let output: ChildOutput
    /// Nil while the process runs.
    public private(set) var exitReason: ExitReason?
    /// Held, because the child's data and its stderr are there.
    private let folder: ScratchFolder
    private let errorsPath: String
    private let timeout: Duration
    /// The read end of a pipe whose other end only the child and its children hold: their end hangs it up.
    private let lifeline: Int32
    /// Becomes readable when nobody waits for the child any more; -1 when that never happens.
    private let interrupt: Int32
    /// Whether a wait ended because of `interrupt`.
    private var isInterrupted = false
    /// Closed with this object: the file of stdin, the reader of a full stderr.
    private var heldDescriptors: [Int32] = []

    /// Starts a program; its stderr goes to a new file in `folder`, and every wait ends after `timeout`, or when the
    /// descriptor `interrupt` becomes readable.
    public init(
        _ program: String, _ arguments: [String], in folder: ScratchFolder, environment: [String: String],
        input: Input = .pipe, output: Output = .pipe, errors: ErrorOutput = .file, limits: ChildLimits = ChildLimits(),
        timeout: Duration, interrupt: Int32 = -1
    ) throws(ChildStartError) {
        self.folder = folder
        self.timeout = timeout
        self.interrupt = interrupt
        errorsPath = folder.freshPath("stderr")
        var given: [Spawn.Descriptor] = []
        var held: [Int32] = []
        /// Those that only the child needs.
        var lent: [Int32] = []
        defer { lent.forEach { close($0) } }

        switch input {
        case .pipe:
            let pipe = try OSPipe()
            given.append(Spawn.Descriptor(child: 0, own: pipe.readEnd))
            self.input = ChildInput(pipe)
        case .file(let path):
            held.append(open(path, O_RDONLY | O_CLOEXEC))
            given.append(Spawn.Descriptor(child: 0, own: held[0]))
            self.input = ChildInput()
        }
        let outputPipe = try OSPipe()
        lent.append(outputPipe.writeEnd)
        if case .pipe = output { given.append(Spawn.Descriptor(child: 1, own: outputPipe.writeEnd)) }
        self.output = ChildOutput(descriptor: outputPipe.readEnd)
        if let (own, reader) = try Self.openErrors(errors, file: errorsPath) {
            lent.append(own)
            given.append(Spawn.Descriptor(child: 2, own: own))
            if let reader { held.append(reader) }
        }
        let lifelinePipe = try OSPipe()
        lent.append(lifelinePipe.writeEnd)
        given.append(Spawn.Descriptor(child: 3, own: lifelinePipe.writeEnd))
        lifeline = lifelinePipe.readEnd
        heldDescriptors = held
        processID = try Spawn(
            executable: program, arguments: arguments, environment: environment, descriptors: given, limits: limits
        ).start()
    }

    deinit {
        if exitReason == nil { kill() }
        close(lifeline)
        heldDescriptors.forEach { close($0) }
    }

    /// What the child gets for its stderr, and the descriptor that stays here; nil for a closed one.
    private static func openErrors(
        _ errors: ErrorOutput, file: String
    ) throws(ChildStartError) -> (own: Int32, reader: Int32?)? {
        switch errors {
        case .file:
            return (Glibc.open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600), nil)
        case .path(let path):
            return (Glibc.open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY), nil)
        case .closed:
            return nil
        case .abandoned:
            let pipe = try OSPipe()
            close(pipe.readEnd)
            return (pipe.writeEnd, nil)
        case .full:
            let pipe = try OSPipe()
            pipe.fill()
            return (pipe.writeEnd, pipe.readEnd)
        }
    }

    /// Whether everything that was sent is in the pipe, or never will be.
    var hasSent: Bool { input.isSent || exitReason != nil }

    /// Whether the child has taken everything out of the pipe, or never will.
    public var hasTakenAll: Bool { input.isTaken || exitReason != nil }

    /// Whether nothing more will come from the child.
    private var isSilent: Bool { exitReason != nil && output.isOver }

    /// What the child has written to stderr; empty unless that is a file.
    public var errors: [UInt8] { Self.contents(of: errorsPath) ?? [] }

    /// How many bytes of its input file the child has read.
    public var inputFileOffset: Int { Int(lseek(heldDescriptors[0], 0, SEEK_CUR)) }

    /// Sends bytes: at once those for which the pipe has room, the others while somebody waits for something.
    public func write(_ bytes: [UInt8]) {
        input.add(bytes)
        if exitReason == nil { input.write() }
    }

    /// Writes and reads until `isDone`; false when that never happens, or not within the time limit.
    ///
    /// With `isPolled`, no descriptor tells about `isDone`, which is then asked again and again.
    public func advance(isPolled: Bool = false, within limit: Duration? = nil, until isDone: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + (limit ?? timeout)
        while !isDone() {
            let left = deadline - .now
            guard left > .zero, move(within: isPolled ? .zero : left) || isPolled && !isSilent, !isInterrupted else {
                return isDone()
            }
            if isPolled { sched_yield() }
        }
        return true
    }

    /// Waits until there are `count` lines of output; false when the output ends before.
    public func read(lines count: Int) -> Bool {
        advance { output.lines.count >= count }
    }

    /// Waits until the pipe to stdin is full and stays full for a while; false when the child took everything.
    func waitUntilInputIsFull() -> Bool {
        while !hasSent {
            if !move(within: .milliseconds(300)) { return true }
        }
        return false
    }

    /// Stops reading, and waits until the pipe of stdout is full: a child with more to say is blocked.
    public func waitUntilOutputPilesUp() {
        output.isRead = false
        _ = advance(isPolled: true) { exitReason != nil || output.isFull }
    }

    /// Sends a signal and waits until the child has taken it.
    public func signal(_ number: Int32) {
        guard exitReason == nil else { return }
        Glibc.kill(processID, number)
        _ = advance(isPolled: true) { exitReason != nil || !hasPendingSignals }
    }

    /// Sends the rest of the input, reads the output to its end and waits for the end; a child that runs too long is
    /// killed.
    public func waitForExit() -> ExitReason {
        if !advance(until: { isSilent }), exitReason == nil {
            kill()
            exitReason = .overdue
        }
        return exitReason ?? .overdue
    }

    private func kill() {
        Glibc.kill(processID, SIGKILL)
        reap()
    }

    /// Writes and reads what is possible; false when nothing was possible within `time`, or never will be.
    private func move(within time: Duration) -> Bool {
        var polls = [input.poll, output.poll, pollfd(fd: lifeline, events: 0, revents: 0)]
        // A dead child reads nothing more; what it wrote is still there.
        if exitReason != nil { (polls[0].fd, polls[2].fd) = (-1, -1) }
        guard polls.contains(where: { $0.fd >= 0 }) else { return false }
        polls.append(pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0))
        let (seconds, attoseconds) = time.components
        let count = poll(&polls, nfds_t(polls.count), Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000))
        guard count > 0 else { return count < 0 && errno == EINTR }
        if polls[3].revents != 0 {
            isInterrupted = true
            return false
        }
        if polls[0].revents != 0 { input.write() }
        if polls[1].revents != 0 { output.read() }
        if polls[2].revents != 0 { reap() }
        return true
    }

    private func reap() {
        var status: Int32 = 0
        _ = retryingInterrupts { waitpid(processID, &status, 0) }
        exitReason = ExitReason(status: status)
    }
}

/// What the system tells about a running child (proc_pid_status(5), proc_pid_stat(5)).
extension ChildProcess {
    /// The largest resident memory since the start, in KiB; nil when the child is gone.
    public var peakMemoryKiB: Int? {
        statusField("VmHWM").flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
    }

    /// The processor time of all threads in clock ticks; nil when the child is gone.
    public var processorTicks: Int? {
        // utime and stime are the 14th and 15th fields, and the 2nd is a name in parentheses.
        guard let text = systemText("stat"), let nameEnd = text.lastIndex(of: ")") else { return nil }
        let fields = text[nameEnd...].split(separator: " ")
        guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else { return nil }
        return user + system
    }

    private var hasPendingSignals: Bool {
        ["SigPnd", "ShdPnd"].contains { name in statusField(name).flatMap { UInt64($0, radix: 16) } ?? 0 != 0 }
    }

    private func statusField(_ name: String) -> Substring? {
        systemText("status")?.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            .map { $0.dropFirst(name.count + 1).drop { $0 == " " || $0 == "\t" } }
    }

    private func systemText(_ name: String) -> String? {
        Self.contents(of: "/proc/\(processID)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    private static func contents(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return FileDescriptor(descriptor).readAll()
    }
}
