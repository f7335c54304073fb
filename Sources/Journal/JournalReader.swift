import Glibc
import Platform

/// Reads a file of a journal, a part at a time, whatever its size.
struct JournalReader: ~Copyable {
    private let number: Int32
    /// Where the next part begins: the descriptor's own position may be shared.
    private var offset: off_t = 0
    private var chain: ChainedLines
    /// The part that is being read, of which the first `heldBytes` are the beginning of a line.
    private var part: [UInt8]
    private var heldBytes = 0
    /// Whether the chain holds as far as the file was read.
    private(set) var isIntact = true

    /// Takes over an open file. A line of `partBytes` or more is none that a process has written.
    init(_ number: Int32, _ chain: ChainedLines, partBytes: Int) {
        self.number = number
        self.chain = chain
        part = [UInt8](repeating: 0, count: partBytes)
    }

    deinit { close(number) }

    /// The next lines; nil at the end of the file, or of what fits the chain.
    mutating func next() -> [[UInt8]]? {
        while isIntact, heldBytes < part.count {
            let count = part.withUnsafeMutableBytes { part in
                retryingInterrupts { pread(number, part.baseAddress! + heldBytes, part.count - heldBytes, offset) }
            }
            guard count != 0 else { return nil }
            isIntact = count > 0
            guard isIntact else { return nil }
            offset += off_t(count)
            let whole = part.withUnsafeBufferPointer { part in
                chain.take(from: UnsafeBufferPointer(rebasing: part[..<(heldBytes + count)]))
            }
            isIntact = whole.isIntact
            heldBytes += count - whole.byteCount
            part.withUnsafeMutableBytes { part in
                let start = part.baseAddress!
                memmove(start, start + whole.byteCount, heldBytes)
            }
            if !whole.lines.isEmpty { return whole.lines }
        }
        isIntact = false
        return nil
    }
}
