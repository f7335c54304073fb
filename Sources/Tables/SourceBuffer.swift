import Glibc

/// The bytes of a file that were read and are not served yet, in a buffer that grows up to the longest piece.
public struct SourceBuffer: ~Copyable {
    /// Fills a part of the buffer and returns how many bytes it wrote: 0 at the end, −1 with `errno` for an error.
    public typealias Source = (UnsafeMutableRawBufferPointer) -> Int

    private let source: Source
    public private(set) var bytes: UnsafeMutableRawBufferPointer
    /// Where in `bytes` those lie that are not served.
    public private(set) var rest = 0..<0
    public private(set) var isAtEnd = false
    private var readBytes = 0

    public init(byteCount: Int = 256 << 10, reading source: @escaping Source) {
        self.source = source
        bytes = .allocate(byteCount: max(16, byteCount), alignment: 16)
    }

    deinit { bytes.deallocate() }

    /// How many bytes of the file are served.
    public var position: Int { readBytes - rest.count }

    /// Serves the bytes before an index of `bytes`.
    public mutating func serve(before index: Int) { rest = index..<rest.upperBound }

    /// Reads on until `position` is as given; false when the file ends before it, or it was passed already.
    public mutating func pass(to position: Int) throws(CSVError) -> Bool {
        while readBytes < position, !isAtEnd {
            rest = 0..<0
            try fill()
        }
        guard readBytes >= position, readBytes - position <= rest.count else { return false }
        rest = rest.upperBound - (readBytes - position)..<rest.upperBound
        return true
    }

    /// Moves what is left to the buffer's beginning, doubles the buffer when that is all of it, and reads.
    public mutating func fill() throws(CSVError) {
        if rest.count == bytes.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count * 2, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(bytes))
            bytes.deallocate()
            bytes = larger
        } else if rest.lowerBound > 0, let base = bytes.baseAddress {
            memmove(base, base + rest.lowerBound, rest.count)
        }
        rest = 0..<rest.count
        let count = source(UnsafeMutableRawBufferPointer(rebasing: bytes[rest.upperBound...]))
        guard count >= 0 else { throw .unreadable(errno) }
        if count == 0 { isAtEnd = true }
        readBytes += count
        rest = 0..<rest.upperBound + count
    }
}
