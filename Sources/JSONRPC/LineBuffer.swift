import Glibc

/// The bytes that were read and not served yet, cut into lines at byte 0x0A.
///
/// Memory is bounded by the longest line that is served: of a longer one only the fact is kept.
struct LineBuffer: ~Copyable {
    /// What `next` finds.
    enum Frame {
        /// One line without its end; the bytes stay valid until `makeRoom`.
        case line(UnsafeBufferPointer<UInt8>)
        /// A line longer than the limit. It is told once, and the rest of it is skipped.
        case tooLong
        /// No whole line is at hand.
        case none
    }

    private let maximumLineBytes: Int
    private let readBytes: Int
    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    /// Up to here no line end was found.
    private var scanned = 0
    private var isSkipping = false
    private var isAtStreamStart = true

    init(maximumLineBytes: Int, readBytes: Int) {
        self.maximumLineBytes = maximumLineBytes
        self.readBytes = readBytes
        storage = .allocate(byteCount: 2 * readBytes, alignment: 1)
    }

    deinit {
        storage.deallocate()
    }

    /// Room for the next read. Lines handed out before are no longer valid.
    mutating func makeRoom() -> UnsafeMutableRawBufferPointer {
        if start > 0 {
            storage.baseAddress!.copyMemory(from: storage.baseAddress! + start, byteCount: end - start)
            end -= start
            scanned -= start
            start = 0
        }
        if storage.count - end < readBytes {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: end + 2 * readBytes, alignment: 1)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<end]))
            storage.deallocate()
            storage = larger
        }
        return UnsafeMutableRawBufferPointer(rebasing: storage[end..<end + readBytes])
    }

    /// Notes that `count` bytes were read into the room.
    mutating func filled(_ count: Int) {
        end += count
    }

    /// The next frame of the bytes at hand.
    mutating func next() -> Frame {
        dropByteOrderMark()
        while let lineEnd = findLineEnd() {
            let line = bytes(from: start, to: lineEnd)
            let wasSkipping = isSkipping
            isSkipping = false
            start = lineEnd + 1
            scanned = start
            if wasSkipping { continue }
            return isTooLong(line) ? .tooLong : .line(line)
        }
        return overflow() ? .tooLong : .none
    }

    /// The last line, which nothing ends; called once, at the end of the input.
    mutating func rest() -> Frame {
        dropByteOrderMark()
        defer { start = end }
        if isSkipping || start == end { return .none }
        let line = bytes(from: start, to: end)
        return isTooLong(line) ? .tooLong : .line(line)
    }

    /// The input ended inside a line of which nothing was kept: it was too long.
    var isCutShort: Bool { isSkipping }

    private func bytes(from start: Int, to end: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeRawBufferPointer(rebasing: storage[start..<end]).assumingMemoryBound(to: UInt8.self)
    }

    private mutating func findLineEnd() -> Int? {
        guard scanned < end, let base = storage.baseAddress else { return nil }
        guard let found = memchr(base + scanned, 0x0A, end - scanned) else {
            scanned = end
            return nil
        }
        return found - UnsafeMutableRawPointer(base)
    }

    /// A carriage return before the line end does not count.
    private func isTooLong(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        line.count > maximumLineBytes && !(line.count == maximumLineBytes + 1 && line.last == 0x0D)
    }

    /// Drops what has grown too long for a line; true when that is news.
    private mutating func overflow() -> Bool {
        guard isSkipping || end - start > maximumLineBytes + 1 else { return false }
        start = end
        defer { isSkipping = true }
        return !isSkipping
    }

    /// U+FEFF at byte 0 of the stream is dropped (RFC 8259 §8.1 allows it).
    private mutating func dropByteOrderMark() {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard isAtStreamStart, end > start else { return }
        let count = min(mark.count, end - start)
        guard bytes(from: start, to: start + count).elementsEqual(mark.prefix(count)) else {
            isAtStreamStart = false
            return
        }
        guard count == mark.count else { return }
        start += count
        scanned = max(scanned, start)
        isAtStreamStart = false
    }
}
