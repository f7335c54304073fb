import Glibc

/// A child's stdout, read when a test asks for it and not before.
final class OutputReader {
    private var descriptor: Int32
    private var bytes: [UInt8] = []
    private var lineEnds: [Int] = []

    /// Takes over the read end of a pipe.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close()
    }

    /// The whole lines read so far, without their ends.
    var lines: [ArraySlice<UInt8>] {
        zip([0] + lineEnds.map { $0 + 1 }, lineEnds).map { bytes[$0..<$1] }
    }

    /// Reads until there are `count` lines; false when the output ends before.
    func read(lines count: Int) -> Bool {
        while lineEnds.count < count {
            if !readMore() { return false }
        }
        return true
    }

    /// Everything up to the end, what was read before included.
    func readToEnd() -> [UInt8] {
        while readMore() {}
        return bytes
    }

    /// How many bytes the child has written that nobody has read.
    var unreadBytes: Int {
        var level: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &level) == 0 ? Int(level) : 0
    }

    /// Goes away, as a reader that has seen enough does.
    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private func readMore() -> Bool {
        var part = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(descriptor, &part, part.count)
        if count < 0, errno == EINTR { return true }
        guard count > 0 else { return false }
        for index in 0..<count where part[index] == 0x0A { lineEnds.append(bytes.count + index) }
        bytes.append(contentsOf: part[..<count])
        return true
    }
}
