import Glibc
import Importing
import JSON
import Platform

/// Reads the answers to the requests of an import from a pipe, as many at a time as there are.
struct AnswerReader: ~Copyable {
    private let pipe: FileDescriptor
    private var parser = Parser()
    private var bytes = [UInt8](repeating: 0, count: 512 << 10)
    /// The bytes that were read and belong to no whole line yet.
    private var filled = 0

    init(_ pipe: FileDescriptor) {
        self.pipe = pipe
    }

    /// Waits for answers; nil when there are no more.
    mutating func next() -> [ImportAnswer]? {
        if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
        let count = bytes.withUnsafeMutableBytes { [pipe, filled] in
            pipe.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
        }
        guard count > 0 else { return nil }
        filled += count
        var answers: [ImportAnswer] = []
        bytes.withUnsafeMutableBytes { text in
            guard let base = text.baseAddress else { return }
            var start = 0
            while let found = memchr(base + start, 0x0A, filled - start) {
                let end = UnsafeMutableRawPointer(found) - base
                let line = UnsafeRawBufferPointer(rebasing: text[start..<end]).assumingMemoryBound(to: UInt8.self)
                if let root = try? parser.parse(line), let answer = ImportAnswer(root) { answers.append(answer) }
                start = end + 1
            }
            memmove(base, base + start, filled - start)
            filled -= start
        }
        return answers
    }
}
