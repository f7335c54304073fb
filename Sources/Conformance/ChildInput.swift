import Glibc

/// A child's stdin, and what waits to be written to it.
final class ChildInput {
    private var writeEnd: Int32
    /// The child's own end: it tells how much is unread, and keeps a write to a child that has gone from being
    /// answered by a signal.
    private let readEnd: Int32
    private var unsent: ArraySlice<UInt8> = []

    /// Takes over both ends.
    init(_ pipe: OSPipe) {
        writeEnd = pipe.writeEnd
        readEnd = pipe.readEnd
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close()
        Glibc.close(readEnd)
    }

    /// What to wait for until more can be written; none when there is no more.
    var poll: pollfd { pollfd(fd: unsent.isEmpty ? -1 : writeEnd, events: Int16(POLLOUT), revents: 0) }

    /// Everything is in the pipe.
    var isSent: Bool { unsent.isEmpty }

    /// Everything has been taken out of the pipe.
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
    }

    /// Ends the input.
    func close() {
        if writeEnd >= 0 { Glibc.close(writeEnd) }
        writeEnd = -1
        unsent = []
    }
}
