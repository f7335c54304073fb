import Glibc

/// A child's stdout, cut into lines.
final class ChildOutput {
    /// Whether it is read at all.
    var isRead = true
    /// The whole lines that nobody has taken yet, without their ends.
    private(set) var lines: [[UInt8]] = []
    /// Written after the last LF.
    private(set) var unfinishedLine: [UInt8] = []
    private var descriptor: Int32

    /// Takes over the read end of a pipe.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close()
    }

    /// What to wait for until more can be read; none when there will be no more.
    var poll: pollfd { pollfd(fd: isRead ? descriptor : -1, events: Int16(POLLIN), revents: 0) }

    /// Nothing more can come, or nobody wants it.
    var isOver: Bool { descriptor < 0 || !isRead }

    func takeLines() -> [[UInt8]] {
        defer { lines = [] }
        return lines
    }

    /// Reads what there is.
    func read() {
        var part = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(descriptor, &part, part.count)
        guard count > 0 else {
            if count == 0 || errno != EINTR { close() }
            return
        }
        var pieces = part[..<count].split(separator: 0x0A, omittingEmptySubsequences: false)
        let last = pieces.removeLast()
        for piece in pieces {
            lines.append(unfinishedLine + piece)
            unfinishedLine = []
        }
        unfinishedLine += last
    }

    /// Goes away, as a reader that has seen enough does.
    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
