import Bureau
import Glibc
import Platform
import Repositories
import Vault

/// The journal of one process: appended before an answer, flushed by a thread of its own.
///
/// An append is one write(2) under a mutex: it outlives a kill -9, and takes some microseconds. The thread flushes
/// (fdatasync(2)) for all who wait at once, and within a second for those who do not.
public final class AuditJournal: AccessJournal {
    /// What the files of a folder may hold: beyond it, accesses are refused.
    public static let maximumBytes = 1 << 30
    /// How long lines may wait for their flush.
    private static let flushInterval = Duration.milliseconds(500)

    /// A file that this process writes, or holds the lock of.
    private struct File {
        let name: String
        let number: Int32
    }

    private struct State {
        /// Nil while there is nothing to write.
        var current: (file: File, chain: ChainedLines, bytes: Int)?
        /// Files that were closed by this process, or taken over from others; their locks are held.
        var closed: [File] = []
        var filesMade = 0
        /// The bytes of all files that are still to be carried, those of other processes when they are found.
        var outstandingBytes = 0
        /// The records of this process's files that are still to be carried, and when the first was appended.
        var outstanding: [String: (records: Int, since: ContinuousClock.Instant)] = [:]
        /// Whether there are lines that were not flushed.
        var isDirty = false
        /// A file was removed from outside while it had lines that were not flushed.
        var isLost = false
        /// A flush failed that nobody waited for: the next access is refused, so that nothing is lost in silence.
        var unreported: StoreReason?
        /// A flush is under way, which need not have what was appended last.
        var isFlushing = false
        /// The next file begins with a new name in the folder, which is to be flushed, too.
        var isNew = false
        var waiters: [CheckedContinuation<StoreReason?, Never>] = []
        var closing: [CheckedContinuation<Void, Never>] = []
        var isStopped = false

        mutating func takeUnreported() -> StoreReason? {
            defer { unreported = nil }
            return unreported
        }
    }

    private let folder: JournalFolder
    private let process: RecordID
    private let keys: AuditKeys
    private let maximumBytes: Int
    private let fileBytes: Int?
    private let partBytes: Int
    private let state = Monitor(State())

    /// Opens the journal of a process in a folder that is there; nil when the system gives no thread. A process that
    /// carries nothing lets go of a file of `fileBytes`, for others to carry. What carries reads `partBytes` at a time,
    /// more than a line has.
    public init?(
        folder: String, process: RecordID, keys: AuditKeys, maximumBytes: Int = AuditJournal.maximumBytes,
        fileBytes: Int? = nil, partBytes: Int = 2 << 20
    ) {
        self.fileBytes = fileBytes
        self.partBytes = partBytes
        self.folder = JournalFolder(path: folder, prefix: keys.verifier.name + "-")
        self.process = process
        self.keys = keys
        self.maximumBytes = maximumBytes
        let bytes = self.folder.names().reduce(0) { $0 + self.folder.byteCount(of: $1) }
        state.update { $0.outstandingBytes = bytes }
        let flusher = Flusher(state: state, folder: self.folder)
        guard OSThread.start({ flusher.run() }) else { return nil }
    }

    deinit { stop() }

    /// Ends the thread, after a last flush.
    public func stop() { state.update { $0.isStopped = true } }

    public func append(_ lines: [[UInt8]]) throws(StoreError) {
        guard !lines.isEmpty else { return }
        let failure: StoreReason? = state.change { state in
            let failure = state.takeUnreported() ?? write(lines, in: &state)
            let wakes = failure == nil && !state.isDirty
            if failure == nil { state.isDirty = true }
            return (failure, wakes)
        }
        if let failure { throw .journalUnavailable(failure) }
    }

    public func sync() async throws(StoreError) {
        let failure = await withCheckedContinuation { (continuation: CheckedContinuation<StoreReason?, Never>) in
            let answer: StoreReason?? = state.change { state in
                if let failure = state.takeUnreported() { return (failure, false) }
                guard state.isDirty || state.isFlushing else { return (.some(nil), false) }
                state.waiters.append(continuation)
                return (nil, true)
            }
            if let answer { continuation.resume(returning: answer) }
        }
        if let failure { throw .journalUnavailable(failure) }
    }

    public func closedFiles() async -> [String] {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            state.update { $0.closing.append(continuation) }
        }
        let names = folder.names()
        return state.withLock { state in
            let own = Set(state.closed.map(\.name) + [state.current?.file.name].compactMap(\.self))
            for name in names where !own.contains(name) {
                if let number = folder.adopt(name) { state.closed.append(File(name: name, number: number)) }
            }
            state.outstandingBytes = names.reduce(0) { $0 + folder.byteCount(of: $1) }
            return state.closed.map(\.name).sorted()
        }
    }

    public func read(
        _ file: String, _ take: (_ lines: [[UInt8]]) async throws(StoreError) -> Void
    ) async throws(StoreError) -> Bool {
        let held = state.withLock { state in
            state.closed.first { $0.name == file }.map { fcntl($0.number, F_DUPFD_CLOEXEC, 0) }
        }
        // What this process has carried meanwhile is gone as it should be.
        guard let number = held ?? folder.open(file) else { return true }
        guard number >= 0 else { throw .journalUnavailable(.journal("dup", errno)) }
        var reader = JournalReader(number, ChainedLines(file: file, keys: keys), partBytes: partBytes)
        while let lines = reader.next() { try await take(lines) }
        return reader.isIntact
    }

    public func missingFiles() -> [String] {
        let missing = folder.missing()
        if missing.isEmpty { return [] }
        return state.withLock { state in
            // What this process holds is still read, and found to be gone then.
            let own = Set(state.closed.map(\.name) + [state.current?.file.name].compactMap(\.self))
            return missing.filter { !own.contains($0) }
        }
    }

    public func isRemoved(_ file: String) -> Bool {
        state.withLock { state in
            state.closed.contains { $0.name == file && JournalFolder.isRemoved($0.number) }
        }
    }

    public func remove(_ file: String) { release(file) { folder.remove(file) } }

    public var backlog: JournalBacklog {
        state.withLock { state in
            let oldest = state.outstanding.values.map(\.since).min()
            return JournalBacklog(
                records: state.outstanding.values.reduce(0) { $0 + $1.records }, bytes: state.outstandingBytes,
                age: oldest.map { .now - $0 } ?? .zero)
        }
    }

    public func setAside(_ file: String) { release(file) { folder.setAside(file) } }

    /// Lets go of a file; in one step with its removal, which is therefore not taken for one from outside.
    private func release(_ file: String, _ end: () -> Void) {
        state.update { state in
            state.outstandingBytes -= folder.byteCount(of: file)
            state.outstanding[file] = nil
            end()
            guard let index = state.closed.firstIndex(where: { $0.name == file }) else { return }
            close(state.closed.remove(at: index).number)
        }
    }

    /// Appends to the file, and makes it first where there is none. A line that does not fit is taken back whole.
    private func write(_ lines: [[UInt8]], in state: inout State) -> StoreReason? {
        if state.outstandingBytes > maximumBytes {
            return StoreReason(.full, "the audit journal holds more than may wait for base A")
        }
        if let current = state.current, JournalFolder.isRemoved(current.file.number) {
            // Whoever carries the journal finds its name gone, and tells; the next lines go to another file.
            state.isLost = state.isLost || state.isDirty
            state.closed.append(current.file)
            state.current = nil
        }
        if state.current == nil {
            state.filesMade += 1
            let name = "\(folder.prefix)\(process.text)-\(state.filesMade)\(JournalFolder.suffix)"
            guard let number = folder.make(name) else { return .journal("open", errno) }
            state.current = (File(name: name, number: number), ChainedLines(file: name, keys: keys), 0)
            state.isNew = true
        }
        guard var current = state.current else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(lines.reduce(0) { $0 + $1.count + 66 })
        current.chain.append(lines, to: &text)
        guard FileDescriptor(current.file.number).writeAll(text) else {
            let reason = StoreReason.journal("write", errno)
            if ftruncate(current.file.number, off_t(current.bytes)) != 0 {
                // What follows a cut line would be lost with it: the next lines go to another file.
                state.closed.append(current.file)
                state.current = nil
            }
            return reason
        }
        current.bytes += text.count
        state.outstanding[current.file.name, default: (0, .now)].records += lines.count
        state.outstandingBytes += text.count
        state.current = current
        if let fileBytes, current.bytes >= fileBytes, fdatasync(current.file.number) == 0 {
            close(current.file.number)
            state.outstanding[current.file.name] = nil
            state.current = nil
        }
        return nil
    }

    /// The thread that flushes and closes files.
    private struct Flusher: Sendable {
        let state: Monitor<State>
        let folder: JournalFolder

        func run() {
            while true {
                let work = state.wait { state -> Work? in
                    state.waiters.isEmpty && state.closing.isEmpty && !state.isDirty && !state.isStopped
                        ? nil : Work(state)
                }
                if work.isStopped, !work.isDirty { return end() }
                if work.isPatient {
                    state.wait(until: .now + AuditJournal.flushInterval) { state in
                        state.waiters.isEmpty && state.closing.isEmpty && !state.isStopped ? nil : true
                    }
                }
                flush()
            }
        }

        /// What there is to do.
        private struct Work {
            let isDirty: Bool
            let isStopped: Bool
            /// Nobody waits.
            let isPatient: Bool

            init(_ state: State) {
                isDirty = state.isDirty
                isStopped = state.isStopped
                isPatient = state.waiters.isEmpty && state.closing.isEmpty && !state.isStopped
            }
        }

        private func flush() {
            let (file, isNew, isLost, waiters, closing) = state.withLock { state in
                defer {
                    state.waiters = []
                    state.closing = []
                    state.isNew = false
                    state.isLost = false
                    state.isDirty = false
                    state.isFlushing = true
                }
                let file = state.current?.file
                if !state.closing.isEmpty, let current = state.current, current.bytes > 0 {
                    state.closed.append(current.file)
                    state.current = nil
                }
                return (file, state.isNew, state.isLost, state.waiters, state.closing)
            }
            var failure: StoreReason?
            if let file, fdatasync(file.number) != 0 { failure = .journal("fdatasync", errno) }
            if isNew { folder.flush() }
            let isGone = state.withLock { state in
                state.isFlushing = false
                let isHeld = state.current?.file.name == file?.name || state.closed.contains { $0.name == file?.name }
                return isHeld && file.map { JournalFolder.isRemoved($0.number) } ?? false
            }
            if isLost || isGone { failure = .journal("fdatasync", ENOENT) }
            if let failure, waiters.isEmpty { state.update { $0.unreported = failure } }
            for waiter in waiters { waiter.resume(returning: failure) }
            for waiter in closing { waiter.resume() }
        }

        /// Lets go of the files, so that another process carries what is in them.
        private func end() {
            state.update { state in
                for file in state.closed + [state.current?.file].compactMap(\.self) { close(file.number) }
                state.closed = []
                state.current = nil
            }
        }
    }
}
