import Glibc
import Importing
import JSON
import Platform

/// Reads the answers to the requests of an import from a pipe, as many at a time as there are.
struct AnswerReader: ~Copyable {
    private let pipe: FileDescriptor
    private var parser = Parser()
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 16)
    /// The bytes that were read and belong to no whole line yet.
    private var filled = 0

    init(_ pipe: FileDescriptor) {
        self.pipe = pipe
    }

    deinit {
        buffer.deallocate()
    }

    /// Waits for answers; nil when there are no more.
    mutating func next() -> [ImportAnswer]? {
        if filled == buffer.count { grow() }
        let count = pipe.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        guard count > 0, let base = buffer.baseAddress else { return nil }
        filled += count
        var answers: [ImportAnswer] = []
        var start = 0
        while let found = memchr(base + start, 0x0A, filled - start) {
            let end = UnsafeMutableRawPointer(found) - base
            let line = UnsafeRawBufferPointer(rebasing: buffer[start..<end]).assumingMemoryBound(to: UInt8.self)
            if let root = try? parser.parse(line), let answer = ImportAnswer(root) { answers.append(answer) }
            start = end + 1
        }
        memmove(base, base + start, filled - start)
        filled -= start
        return answers
    }

    private mutating func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
        buffer.deallocate()
        buffer = larger
    }
}
