import Glibc

/// One case while it is played against a daemon.
struct TranscriptRun {
    private static let goodRequest = Array(#"{"jsonrpc":"2.0","id":"good","method":"system.ping"}"#.utf8) + [0x0A]
    private static let goodAnswer = #"{"jsonrpc":"2.0","id":"good","result":"pong"}"#
    /// A long input comes in pieces of a size that no buffer has.
    private static let (longInputBytes, pieceBytes) = (1 << 14, 4093)

    /// The first lines of the input.
    private(set) var sent: [[UInt8]] = []
    private let transcript: Transcript
    private let delivery: TranscriptDelivery
    private let child: ChildProcess
    private let home: String
    private var matcher: ResponseMatcher
    private var storeLock: StoreLock?
    private var hasClosedInput = false
    /// Whether the reader of the output went away, or never came back.
    private var isOutputLost = false
    private var hasEnded = false

    init(_ transcript: Transcript, _ delivery: TranscriptDelivery, child: ChildProcess, home: String) {
        self.transcript = transcript
        self.delivery = delivery
        self.child = child
        self.home = home
        matcher = ResponseMatcher(isInOrder: transcript.isInOrder)
    }

    mutating func run() throws(Mismatch) {
        for step in transcript.steps {
            switch step {
            case .send(let line, let times): try send(line, times: times)
            case .expect(let line, let times): matcher.expect(line, times: times)
            case .perform(let action): try perform(action)
            }
        }
        if !hasEnded {
            try closeInput()
            try waitForExit(status: 0)
        }
        matcher.receive(child.output.takeLines())
        guard matcher.expected.isEmpty else { throw difference() }
        guard isOutputLost || matcher.isSettled && child.output.unfinishedLine.isEmpty else { throw difference() }
    }

    private mutating func send(_ line: LineTemplate, times: Int) throws(Mismatch) {
        if !line.placeholders.isEmpty { try settle() }
        for number in 1...times {
            let bytes = line.input(number: number, captures: matcher.captures)
            if sent.count < 8 { sent.append(bytes) }
            try deliver(line.isEnded ? bytes + [0x0A] : bytes)
        }
    }

    private func deliver(_ bytes: [UInt8]) throws(Mismatch) {
        guard delivery == .byteByByte else { return child.input.add(bytes) }
        let size = bytes.count > Self.longInputBytes ? Self.pieceBytes : 1
        for start in stride(from: 0, to: bytes.count, by: size) {
            child.input.add(Array(bytes[start...].prefix(size)))
            guard child.advance(isPolled: true, until: { child.hasTakenAll }) else {
                throw Mismatch(expected: ["the input is read"], got: ["\(start) bytes of a line are read"])
            }
        }
    }

    private mutating func closeInput() throws(Mismatch) {
        guard !hasClosedInput else { return }
        hasClosedInput = true
        if delivery == .beforeAGoodRequest, let answer = try? LineTemplate(Self.goodAnswer[...]) {
            child.input.add(Self.goodRequest)
            matcher.expect(ExpectedLine(template: answer, isExact: true, number: 0), times: 1)
        }
        guard child.advance(until: { child.hasSent }) else {
            throw Mismatch(expected: ["the input is read"], got: ["the input is not read to its end"])
        }
        child.input.close()
    }

    private mutating func waitForExit(status: Int32) throws(Mismatch) {
        hasEnded = true
        let reason = child.waitForExit()
        guard reason == .exited(status) else {
            matcher.receive(child.output.takeLines())
            var mismatch = matcher.isSettled ? Mismatch(expected: [], got: []) : difference()
            mismatch.expected.insert("\(ExitReason.exited(status))", at: 0)
            mismatch.got.insert("\(reason)", at: 0)
            throw mismatch
        }
    }

    /// Waits for the answers that must have come by now.
    private mutating func settle() throws(Mismatch) {
        let isComplete = child.advance {
            child.output.lines.count + matcher.received.count >= matcher.expected.count
                && (child.hasSent || !child.output.isRead)
        }
        matcher.receive(child.output.takeLines())
        guard matcher.expected.isEmpty else {
            var mismatch = difference()
            if !isComplete { mismatch.got.append(child.exitReason.map { "\($0)" } ?? "nothing more") }
            throw mismatch
        }
    }

    private func difference() -> Mismatch {
        var got = matcher.received.map { Excerpt($0).text }
        if !child.output.unfinishedLine.isEmpty {
            got.append(Excerpt(child.output.unfinishedLine).text + " without LF")
        }
        let expected = matcher.expected.map(\.description)
        return Mismatch(
            expected: expected.isEmpty ? ["nothing more"] : expected, got: got.isEmpty ? ["nothing"] : got,
            differences: matcher.differences)
    }

    private mutating func perform(_ action: TranscriptAction) throws(Mismatch) {
        try settle()
        switch action {
        case .lockStore(let base):
            storeLock = StoreLock(file: "\(home)/base-\(base).sqlite")
            if storeLock == nil { throw Mismatch(expected: ["the embedded store is open"], got: ["no lock on it"]) }
        case .unlockStore: storeLock = nil
        case .signal(let number): child.signal(number)
        case .closeInput: try closeInput()
        case .closeOutput:
            isOutputLost = true
            child.output.close()
        case .leaveOutputUnread:
            isOutputLost = true
            child.output.isRead = false
        case .readOutput:
            isOutputLost = false
            child.output.isRead = true
        case .waitUntilInputIsFull:
            if !child.waitUntilInputIsFull() {
                throw Mismatch(expected: ["the daemon stops reading"], got: ["the daemon read everything"])
            }
        case .checkPeakMemory(let mebibytes):
            let peak = child.peakMemoryKiB ?? .max
            if peak > mebibytes << 10 {
                throw Mismatch(expected: ["at most \(mebibytes) MiB resident"], got: ["\(peak) KiB"])
            }
        case .exit(let status): try waitForExit(status: status)
        }
    }
}

/// The lock of a writer on an embedded store, as a program holds it that began to write and does not finish.
///
/// SQLite's WAL_WRITE_LOCK is an advisory lock on byte 120 of the store's `-shm` file (sqlite.org/walformat.html,
/// "WAL-Index Locks"). Writes wait for it, reads do not.
private final class StoreLock {
    private static let writeLockOffset = 120
    /// F_OFD_SETLK of fcntl(2), which Swift's Glibc leaves out.
    private static let setLockOfOpenFile: Int32 = 37
    private static let longestWait = Duration.seconds(20)

    private let descriptor: Int32

    /// Nil when the store is not open anywhere, or somebody keeps the lock.
    init?(file: String) {
        descriptor = open(file + "-shm", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let deadline = ContinuousClock.now + Self.longestWait
        // A lock of the open file and not of the process, because other cases open and close files in this process.
        var lock = flock()
        while true {
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            lock.l_start = off_t(Self.writeLockOffset)
            lock.l_len = 1
            if fcntl(descriptor, Self.setLockOfOpenFile, &lock) == 0 { return }
            guard errno == EAGAIN || errno == EACCES, .now < deadline else { return nil }
            sched_yield()
        }
    }

    /// Releases the lock.
    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
