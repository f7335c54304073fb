import Glibc
import Platform

/// The numbers of a process as a file of Prometheus' text format, as node_exporter's textfile collector reads it:
/// written whole at once every ten seconds, without times, and removed when the process ends.
///
/// A process that is killed leaves its file; the collector tells the age of each. Each series has the label `daemon`,
/// the file's name without `.prom`, because the files of a folder are read together with the collector's own numbers.
package final class MetricsFile: Sendable {
    /// Why a file of metrics cannot be kept.
    package enum Refusal: Error, Hashable, Sendable {
        /// The collector reads no file of this name.
        case wrongName
        /// Another process writes it.
        case taken
        case failed(errno: Int32)
    }

    private static let interval = Duration.seconds(10)
    static let suffix = ".prom"

    private let path: String
    private let source: MetricsSource
    private let label: String
    /// Holds the lock on `lockPath` while the process lives.
    private let lock: Int32
    private let tell: @Sendable (_ errno: Int32) -> Void
    /// Whether the file is to be removed, and whether it was.
    private let state = Monitor((isEnding: false, isEnded: false))

    private var lockPath: String { Self.besides(path, suffix: ".lock") }

    /// Writes the file for the first time, and from now on from a thread of its own. A later failure is told once, until
    /// a write succeeds again.
    package init(
        path: String, source: MetricsSource, tell: @escaping @Sendable (_ errno: Int32) -> Void
    ) throws(Refusal) {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        guard name.hasSuffix(Self.suffix), name.count > Self.suffix.count else { throw .wrongName }
        self.path = path
        self.source = source
        self.tell = tell
        label = String(name.dropLast(Self.suffix.count))
        lock = try Self.lock(Self.besides(path, suffix: ".lock"))
        if let code = write() {
            release()
            throw .failed(errno: code)
        }
        guard OSThread.start({ [self] in run() }) else {
            release()
            throw .failed(errno: EAGAIN)
        }
    }

    /// Removes the file. Waits for a write that is under way.
    package func remove() {
        state.update { $0.isEnding = true }
        state.wait(until: .now + .seconds(1)) { $0.isEnded ? () : nil }
    }

    private func run() {
        var isTold = false
        while true {
            let isEnding = state.wait(until: .now + Self.interval) { $0.isEnding ? true : nil } ?? false
            if isEnding { break }
            let code = write()
            if let code, !isTold { tell(code) }
            isTold = code != nil
        }
        unlink(path)
        release()
        state.update { $0.isEnded = true }
    }

    private func release() {
        unlink(lockPath)
        close(lock)
    }

    /// Writes a temporary file beside the file and renames it; returns `errno` when that fails. A reader finds the
    /// former file or the new one, whole.
    private func write() -> Int32? {
        let temporary = Self.besides(path, suffix: ".\(getpid())")
        let number = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard number >= 0 else { return errno }
        let text = PrometheusText(source.snapshot(), labels: [("daemon", label)]).text
        var code: Int32?
        if !FileDescriptor(number).writeAll(Array(text.utf8)) { code = errno }
        if close(number) != 0 { code = code ?? errno }
        if code == nil, rename(temporary, path) != 0 { code = errno }
        if code != nil { unlink(temporary) }
        return code
    }

    /// The path of a hidden file in the same folder, which the collector does not read.
    private static func besides(_ path: String, suffix: String) -> String {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        return path[..<slash] + "." + path[slash...] + suffix
    }

    /// Opens and locks a file. One whose owner was killed has no lock; one that its owner removes meanwhile is made anew.
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
