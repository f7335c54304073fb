import Glibc
import Platform

/// The stdin of a child, and the bytes that wait to be written to it.
public final class ChildInput {
    private var writeEnd: Int32 = -1
    /// The read end of the child's stdin: it tells how much is unread. Held open, it also keeps a write to a dead child
    /// from raising SIGPIPE.
    private var readEnd: Int32 = -1
    private var unsent: ArraySlice<UInt8> = []
    private var isEnding = false

    /// The input of a child that reads something else.
    init() {}

    /// Takes over both ends.
    init(_ pipe: OSPipe) {
        writeEnd = pipe.writeEnd
        readEnd = pipe.readEnd
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close()
        if readEnd >= 0 { Glibc.close(readEnd) }
    }

    /// What to wait for until more can be written; nothing when nothing waits.
    var poll: pollfd { pollfd(fd: unsent.isEmpty ? -1 : writeEnd, events: Int16(POLLOUT), revents: 0) }

    /// Whether everything is in the pipe.
    public var isSent: Bool { unsent.isEmpty }

    /// Whether the child has taken everything out of the pipe.
    var isTaken: Bool {
        var level: Int32 = 0
        return unsent.isEmpty && (ioctl(readEnd, UInt(FIONREAD), &level) != 0 || level == 0)
    }

    func add(_ bytes: [UInt8]) {
        if unsent.isEmpty { unsent = bytes[...] } else { unsent += bytes }
    }

    /// Writes what there is room for.
    func write() {
        let count = unsent.withUnsafeBytes { Glibc.write(writeEnd, $0.baseAddress, $0.count) }
        if count > 0 { unsent = unsent.dropFirst(count) }
        if unsent.isEmpty, isEnding { close() }
    }

    /// Ends the input after everything that waits.
    public func end() {
        isEnding = true
        if unsent.isEmpty { close() }
    }

    /// Ends the input now.
    func close() {
        if writeEnd >= 0 { Glibc.close(writeEnd) }
        writeEnd = -1
        unsent = []
    }
}

/// The stdout of a child, cut into lines.
public final class ChildOutput {
    /// Whether the output is read while others wait for something.
    public var isRead = true
    /// The whole lines that nobody has taken yet, without their ends.
    public private(set) var lines: [[UInt8]] = []
    /// The bytes after the last LF.
    private(set) var unfinishedLine: [UInt8] = []
    private var descriptor: Int32

    /// Takes over the read end of a pipe.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close()
    }

    /// What to wait for until more can be read; nothing when no more comes.
    var poll: pollfd { pollfd(fd: isRead ? descriptor : -1, events: Int16(POLLIN), revents: 0) }

    /// Whether nothing more can come, or nobody reads.
    var isOver: Bool { descriptor < 0 || !isRead }

    /// Everything that came and was not taken.
    public var bytes: [UInt8] { Array((lines + [unfinishedLine]).joined(separator: [0x0A])) }

    /// Whether the pipe is full of what nobody has read, but for less than a page.
    var isFull: Bool {
        var unread: Int32 = 0
        guard ioctl(descriptor, UInt(FIONREAD), &unread) == 0, let size = FileDescriptor(descriptor).pipeBytes else {
            return false
        }
        return unread > size - 4096
    }

    func takeLines() -> [[UInt8]] {
        defer { lines = [] }
        return lines
    }

    /// Reads what there is.
    func read() {
        var part = [UInt8](repeating: 0, count: 1 << 16)
        let count = part.withUnsafeMutableBytes { FileDescriptor(descriptor).read(into: $0) }
        guard count > 0 else { return close() }
        var pieces = part[..<count].split(separator: 0x0A, omittingEmptySubsequences: false)
        let last = pieces.removeLast()
        for piece in pieces {
            lines.append(unfinishedLine + piece)
            unfinishedLine = []
        }
        unfinishedLine += last
    }

    /// Closes the read end, as a reader does that has seen enough.
    public func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
