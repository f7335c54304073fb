import Bureau
import Glibc
import Platform
import Repositories

/// The folder of the journals of all processes on this machine that serve the same bases.
///
/// Each process writes one file at a time and holds its lock (flock(2)); a file without one belongs to nobody, and the
/// first process that finds it carries it on.
struct JournalFolder: Sendable {
    static let suffix = ".journal"
    /// The suffix of a file's mark, an empty file that is there as long as the file is to be carried.
    private static let markSuffix = ".pending"
    /// How often a new file is made while others take it for one without an owner.
    private static let attempts = 200
    private static let pauseMicroseconds: useconds_t = 5000

    let path: String
    /// How the names of files begin that belong to one log. Others may share the folder.
    let prefix: String

    /// Makes a new file, locks it and marks it; nil with `errno`. `beforeLock` runs between the first two.
    func make(_ name: String, beforeLock: () -> Void = {}) -> Int32? {
        // Read, too, because its lines are carried also when its name is gone.
        let flags = O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        for attempt in 0..<Self.attempts {
            if attempt > 0 { usleep(Self.pauseMicroseconds) }
            let number = Glibc.open("\(path)/\(name)", flags, 0o600)
            guard number >= 0 else {
                if errno == EEXIST, attempt > 0 { continue }
                return nil
            }
            beforeLock()
            // A process that looks for files without an owner may have found it just now; it removes what is empty.
            if flock(number, LOCK_EX | LOCK_NB) == 0, !Self.isRemoved(number) {
                if mark(name) { return number }
                let code = errno
                remove(name)
                close(number)
                errno = code
                return nil
            }
            close(number)
        }
        errno = EBUSY
        return nil
    }

    /// Flushes the folder, so that a new file's name outlives the end of the machine.
    func flush() {
        let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return }
        fsync(number)
        close(number)
    }

    /// Locks a file that belongs to nobody; nil when it has an owner, or is gone.
    func adopt(_ name: String) -> Int32? {
        guard let number = open(name) else { return nil }
        var status = stat()
        guard flock(number, LOCK_EX | LOCK_NB) == 0, fstat(number, &status) == 0, status.st_nlink > 0,
            status.st_mode & S_IFMT == S_IFREG
        else {
            close(number)
            return nil
        }
        return number
    }

    /// Whether an open file has no name any more.
    static func isRemoved(_ number: Int32) -> Bool {
        var status = stat()
        return fstat(number, &status) == 0 && status.st_nlink == 0
    }

    /// Marks a file, which is there before its mark; without a descriptor, because there may be no second one.
    private func mark(_ name: String) -> Bool { mknod(markPath(name), S_IFREG | 0o600, 0) == 0 || errno == EEXIST }

    private func markPath(_ name: String) -> String { "\(path)/\(name)\(Self.markSuffix)" }

    /// The names of all journal files, in order.
    func names() -> [String] { names(ending: Self.suffix) }

    /// The names of files that are gone although nobody has carried them: their marks are still there. Whoever removes
    /// a file removes its mark first, so that a mark outlives its file for no moment.
    func missing() -> [String] {
        names(ending: Self.suffix + Self.markSuffix).map { String($0.dropLast(Self.markSuffix.count)) }
            .filter { access("\(path)/\($0)", F_OK) != 0 && errno == ENOENT && access(markPath($0), F_OK) == 0 }
    }

    private func names(ending suffix: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(prefix), name.hasSuffix(suffix) { names.append(name) }
        }
        return names.sorted()
    }

    func byteCount(of name: String) -> Int {
        var status = stat()
        return stat("\(path)/\(name)", &status) == 0 ? Int(status.st_size) : 0
    }

    /// Opens a file to read it; nil with `errno`.
    func open(_ name: String) -> Int32? {
        let number = Glibc.open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        return number >= 0 ? number : nil
    }

    func remove(_ name: String) {
        unlink(markPath(name))
        unlink("\(path)/\(name)")
    }

    func setAside(_ name: String) {
        unlink(markPath(name))
        rename("\(path)/\(name)", "\(path)/\(name).broken")
    }
}

extension StoreReason {
    /// Why a journal takes nothing, by the `errno` of a call.
    static func journal(_ call: String, _ code: Int32) -> StoreReason {
        let cause: Cause =
            switch code {
            case ENOSPC, EDQUOT, EFBIG: .full
            case EROFS: .readOnly
            case EACCES, EPERM: .refused
            case ENOENT, ENOTDIR: .unreachable
            default: .failed
            }
        return StoreReason(cause, "\(call) of the audit journal failed: \(String(cString: strerror(code)))")
    }
}
