import Glibc
import Synchronization

/// Why a file was not mapped: the call that failed, and its `errno`.
public struct MappedFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let call: String
    public let code: Int32

    public init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    public var description: String { "\(call) failed: \(String(cString: strerror(code)))" }
}

/// 64-bit words in a file that any number of processes map and change at once. Each word is read and written whole; two
/// words belong together only by what they say.
///
/// What was written outlives the process at once, and the end of the machine when the kernel has written it. A file that
/// somebody cuts off loses its words, and harms nobody (`CutFiles`).
///
/// `@unchecked Sendable`: the pointer stays the same, and its words are atomic.
public final class MappedWords: @unchecked Sendable {
    /// How often a file is made while others put theirs there.
    private static let attempts = 8

    public let count: Int
    /// Whether the file under the name was another one, and was replaced.
    public let isReplaced: Bool
    private let words: UnsafeMutablePointer<Atomic<UInt64>>

    /// Maps the file of `count` words, whose disk space is reserved; makes it, for its owner alone, when it is missing,
    /// or of another size or beginning. A new one begins with `beginning`, and has zeros behind it; `isSame` knows a
    /// file by as many words.
    public init(
        path: String, count: Int, beginning: [UInt64], isSame: ([UInt64]) -> Bool
    ) throws(MappedFileError) {
        var isReplaced = false
        for _ in 0..<Self.attempts {
            if let number = try Self.open(path) {
                defer { close(number) }
                if Self.beginning(of: number, count, beginning.count).map(isSame) == true {
                    words = try Self.map(number, count)
                    self.count = count
                    self.isReplaced = isReplaced
                    return
                }
                isReplaced = true
            }
            try Self.make(path, count, beginning, replacing: isReplaced)
        }
        throw MappedFileError(call: "open", code: EBUSY)
    }

    deinit {
        CutFiles.leaveMapping(at: words)
        munmap(words, count * MemoryLayout<UInt64>.stride)
    }

    public subscript(index: Int) -> UInt64 {
        get {
            precondition(index >= 0 && index < count)
            return words[index].load(ordering: .relaxed)
        }
        set {
            precondition(index >= 0 && index < count)
            words[index].store(newValue, ordering: .relaxed)
        }
    }

    /// Changes a word in one step, beside others that do so; returns what it was and what it is.
    @discardableResult
    public func change(_ index: Int, _ next: (UInt64) -> UInt64) -> (former: UInt64, present: UInt64) {
        precondition(index >= 0 && index < count)
        var former = words[index].load(ordering: .relaxed)
        while true {
            let present = next(former)
            let (isDone, found) = words[index].compareExchange(
                expected: former, desired: present, ordering: .relaxed)
            if isDone { return (former, present) }
            former = found
        }
    }

    /// Nil when nothing has the name. What is no regular file is an error.
    private static func open(_ path: String) throws(MappedFileError) -> Int32? {
        let number = Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        if number >= 0 { return number }
        if errno == ENOENT { return nil }
        throw MappedFileError(call: "open", code: errno)
    }

    /// The first words of a file; nil of a file of another size.
    private static func beginning(of number: Int32, _ count: Int, _ length: Int) -> [UInt64]? {
        var status = stat()
        let byteCount = count * MemoryLayout<UInt64>.stride
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == byteCount else {
            return nil
        }
        var words = [UInt64](repeating: 0, count: length)
        let wanted = length * MemoryLayout<UInt64>.stride
        let read = words.withUnsafeMutableBytes { buffer in
            retryingInterrupts { pread(number, buffer.baseAddress, wanted, 0) }
        }
        return read == wanted ? words : nil
    }

    private static func map(
        _ number: Int32, _ count: Int
    ) throws(MappedFileError) -> UnsafeMutablePointer<Atomic<UInt64>> {
        let byteCount = count * MemoryLayout<UInt64>.stride
        guard let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, number, 0), address != MAP_FAILED
        else { throw MappedFileError(call: "mmap", code: errno) }
        CutFiles.guardMapping(at: address, byteCount: byteCount)
        return address.bindMemory(to: Atomic<UInt64>.self, capacity: count)
    }

    /// Makes a whole file under another name and gives it this one. The space is reserved before, because a full disk
    /// would end whoever writes to the mapping (SIGBUS).
    private static func make(
        _ path: String, _ count: Int, _ beginning: [UInt64], replacing: Bool
    ) throws(MappedFileError) {
        var template = Array("\(path).XXXXXX".utf8CString)
        let number = mkstemp(&template)
        guard number >= 0 else { throw MappedFileError(call: "mkstemp", code: errno) }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        let new = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        defer {
            close(number)
            unlink(new)
        }
        let code = posix_fallocate(number, 0, count * MemoryLayout<UInt64>.stride)
        guard code == 0 else { throw MappedFileError(call: "posix_fallocate", code: code) }
        guard beginning.withUnsafeBytes({ FileDescriptor(number).writeAll($0) }) else {
            throw MappedFileError(call: "write", code: errno)
        }
        // A file that somebody else has made meanwhile stays.
        if replacing ? rename(new, path) == 0 : link(new, path) == 0 || errno == EEXIST { return }
        throw MappedFileError(call: replacing ? "rename" : "link", code: errno)
    }
}
