import Glibc
import Platform

/// The numbers of a process as a file of Prometheus' text format, as node_exporter's textfile collector reads it:
/// written whole at once every ten seconds, without times, and removed when the process ends.
///
/// A process that is killed leaves its file; the collector tells the age of each. Each series has the label `daemon`,
/// the file's name without `.prom`, because the files of a folder are read together with the collector's own numbers.
public final class MetricsFile: Sendable {
    /// Why a file of metrics cannot be kept.
    public enum Refusal: Error, Hashable, Sendable {
        /// The collector reads no file of this name.
        case wrongName
        /// Another process writes it.
        case taken
        /// There is a file that holds something else than numbers of this program.
        case foreign
        /// There is something that is no regular file.
        case irregular
        case failed(errno: Int32)
    }

    private static let interval = Duration.seconds(10)
    static let suffix = ".prom"

    private let path: String
    private let source: MetricsSource
    private let label: String
    /// Holds the lock on `lockPath` while the process lives.
    private let lock: Int32
    private let tell: @Sendable (Refusal?) -> Void
    /// Whether the file is to be removed, and whether it was.
    private let state = Monitor((isEnding: false, isEnded: false))

    private var lockPath: String { Self.besides(path, suffix: ".lock") }
    /// What is written before it takes the file's place. Its name stays the same, so that what a killed process has
    /// left is overwritten by the next one; the lock keeps others from it.
    private var temporaryPath: String { Self.besides(path, suffix: ".new") }

    /// Writes the file for the first time, and from now on from a thread of its own. A later failure is told once, and
    /// so is, with nil, the first write that succeeds again.
    public init(
        path: String, source: MetricsSource, tell: @escaping @Sendable (Refusal?) -> Void
    ) throws(Refusal) {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        guard name.hasSuffix(Self.suffix), name.count > Self.suffix.count else { throw .wrongName }
        self.path = path
        self.source = source
        self.tell = tell
        label = String(name.dropLast(Self.suffix.count))
        lock = try Self.lock(Self.besides(path, suffix: ".lock"))
        do throws(Refusal) {
            try write()
        } catch {
            release()
            throw error
        }
        guard OSThread.start({ [self] in run() }) else {
            release()
            throw .failed(errno: EAGAIN)
        }
    }

    /// Removes the file. Waits for a write that is under way, but at most a second. Any thread may call it, more than
    /// once.
    public func remove() {
        state.update { $0.isEnding = true }
        state.wait(until: .now + .seconds(1)) { $0.isEnded ? () : nil }
    }

    private func run() {
        var isTold = false
        while true {
            let isEnding = state.wait(until: .now + Self.interval) { $0.isEnding ? true : nil } ?? false
            if isEnding { break }
            do throws(Refusal) {
                try write()
                if isTold { tell(nil) }
                isTold = false
            } catch {
                if !isTold { tell(error) }
                isTold = true
            }
        }
        if (try? checkOwn()) != nil { unlink(path) }
        release()
        state.update { $0.isEnded = true }
    }

    private func release() {
        unlink(lockPath)
        close(lock)
    }

    /// Writes a temporary file beside the file and renames it. A reader finds the former file or the new one, whole.
    private func write() throws(Refusal) {
        try checkOwn()
        unlink(temporaryPath)
        let number = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw .failed(errno: errno) }
        let text = PrometheusText(source.snapshot(), labels: [("daemon", label)]).text
        var code: Int32?
        if !FileDescriptor(number).writeAll(Array(text.utf8)) { code = errno }
        if close(number) != 0 { code = code ?? errno }
        if code == nil, rename(temporaryPath, path) != 0 { code = errno }
        guard let code else { return }
        unlink(temporaryPath)
        throw .failed(errno: code)
    }

    /// Throws unless the file may be replaced and removed: it is absent, empty, or begins as each one of this program.
    private func checkOwn() throws(Refusal) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw .failed(errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .irregular }
        if status.st_size == 0 { return }
        // Without waiting, for the case that it has become something else meanwhile.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard number >= 0 else { throw .failed(errno: errno) }
        defer { close(number) }
        let expected = Array(PrometheusText.firstLine.utf8)
        var found = [UInt8](repeating: 0, count: expected.count)
        let count = read(number, &found, found.count)
        guard count >= 0 else { throw .failed(errno: errno) }
        guard found == expected else { throw .foreign }
    }

    /// The path of a hidden file in the same folder, which the collector does not read.
    private static func besides(_ path: String, suffix: String) -> String {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        return path[..<slash] + "." + path[slash...] + suffix
    }

    /// Opens and locks a file. One whose owner was killed has no lock; one that its owner removes meanwhile is made
    /// anew.
    private static func lock(_ path: String) throws(Refusal) -> Int32 {
        while true {
            let number = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard number >= 0 else { throw .failed(errno: errno) }
            guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
                close(number)
                throw .taken
            }
            var (opened, named) = (stat(), stat())
            if fstat(number, &opened) == 0, stat(path, &named) == 0, opened.st_ino == named.st_ino { return number }
            close(number)
        }
    }
}
