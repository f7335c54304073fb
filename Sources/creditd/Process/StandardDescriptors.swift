import Glibc
import Platform

/// The three descriptors that every process begins with, brought into a state to rely on.
enum StandardDescriptors {
    /// Sees to it that 0, 1 and 2 are open, before anything else can take their place. A stdin that was closed is empty
    /// from then on, a stderr takes what nobody sees, and a stdout is one whose reader has gone.
    static func reserve() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            if descriptor == 1 { reserveOutput() } else { _ = open("/dev/null", O_RDWR) }
        }
    }

    /// Were it open on /dev/null, answers would be lost and the exit code would say that they were given.
    private static func reserveOutput() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        // The lowest free descriptor is 1: it was the end to read from.
        dup2(ends[1], 1)
        close(ends[1])
    }

    /// Moves stdout aside: from then on descriptor 1 is stderr, so that no stray print reaches the wire. Gives the
    /// descriptor that the answers go to, -1 when there is none to be had.
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
}
