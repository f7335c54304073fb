import Glibc
import Platform

/// The three descriptors that every process begins with.
enum StandardDescriptors {
    /// Opens any of 0, 1 and 2 that is closed, so that no file gets its number. Stdin is then empty, stderr discards,
    /// and stdout has no reader.
    static func reserve() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            if descriptor == 1 { reserveOutput() } else { _ = open("/dev/null", O_RDWR | O_NONBLOCK) }
        }
    }

    /// Whether descriptor 0 was closed when the process began: nobody else opens /dev/null in this mode.
    static var isInputReserved: Bool {
        let (flags, mode) = (fcntl(0, F_GETFL), O_RDWR | O_NONBLOCK)
        var (input, null) = (stat(), stat())
        return flags >= 0 && flags & mode == mode && fstat(0, &input) == 0 && stat("/dev/null", &null) == 0
            && input.st_rdev == null.st_rdev && input.st_mode == null.st_mode
    }

    /// Opens stdout as a pipe without a reader, because /dev/null would swallow answers and the exit code would be 0.
    private static func reserveOutput() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        // The pipe's read end took the lowest free number, which is 1.
        dup2(ends[1], 1)
        close(ends[1])
    }

    /// Moves stdout to another descriptor and returns it; -1 when the system gives none. Descriptor 1 is stderr from
    /// then on, so that no stray print reaches the wire.
    static func moveOutputAside() -> Int32 {
        let output = fcntl(1, F_DUPFD_CLOEXEC, 3)
        guard output >= 0, dup2(2, 1) >= 0 else { return -1 }
        return output
    }
}

extension FileDescriptor {
    /// Reads to the end of the input; throws the exit code of failed input.
    func readToEnd() throws -> [UInt8] {
        guard let bytes = readAll() else { throw ExitStatus.inputOutput }
        return bytes
    }

    /// The text of a file, a pipe or a device, without a byte order mark; nil with `errno` when it cannot be read, as
    /// for a folder.
    static func text(of path: String, maximumBytes: Int = .max) -> [UInt8]? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        defer { close(number) }
        return FileDescriptor(number).readAll(maximumBytes: maximumBytes).map(withoutMark)
    }

    /// Reads a text to the end of the input, without a byte order mark; throws the exit code of failed input.
    func readText() throws -> [UInt8] {
        Self.withoutMark(try readToEnd())
    }

    private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// Reads what is there, as soon as there is something; nothing at the end of the input.
    func readSome() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = bytes.withUnsafeMutableBytes { read(into: $0) }
        guard count >= 0 else { throw ExitStatus.inputOutput }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Writes all bytes; throws the exit code of failed output.
    func put(_ bytes: [UInt8]) throws {
        guard writeAll(bytes) else { throw ExitStatus.inputOutput }
    }

    func put(_ text: String) throws {
        try put(Array(text.utf8))
    }

    /// Writes a text for people as far as there is room, and never waits: nobody may read it.
    func offer(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            var room = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
            guard poll(&room, 1, 0) == 1, room.revents == Int16(POLLOUT) else { return }
            // A pipe with room takes up to PIPE_BUF bytes without waiting.
            let piece = Array(rest.prefix(4096))
            let count = Glibc.write(number, piece, piece.count)
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
