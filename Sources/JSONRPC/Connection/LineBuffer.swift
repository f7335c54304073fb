import Glibc

/// The bytes that were read and not yet served, cut into lines at byte 0x0A.
///
/// The longest served line bounds the memory, because the bytes of a longer line are dropped.
struct LineBuffer: ~Copyable {
    /// What `next` finds.
    enum Frame {
        /// A line without its end; its bytes stay valid until `makeRoom`.
        case line(UnsafeBufferPointer<UInt8>)
        /// A line above the limit. It is reported once, and its remaining bytes are skipped.
        case tooLong
        /// The bytes at hand hold no whole line.
        case none
    }

    private let maximumLineBytes: Int
    private let readBytes: Int
    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    /// The end of the bytes in which no line end was found.
    private var scanned = 0
    /// Whether the bytes to come belong to a line that was too long to be kept.
    private(set) var isSkipping = false
    private var isAtStreamStart = true

    init(maximumLineBytes: Int, readBytes: Int) {
        self.maximumLineBytes = maximumLineBytes
        self.readBytes = readBytes
        storage = .allocate(byteCount: 2 * readBytes, alignment: 1)
    }

    deinit {
        storage.deallocate()
    }

    /// Returns room for the next read, and invalidates the lines that were handed out.
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

    /// Returns the next frame of the bytes at hand.
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

    /// Returns the last line, which has no end. It is called once, at the end of the input.
    mutating func rest() -> Frame {
        dropByteOrderMark()
        defer { start = end }
        if isSkipping || start == end { return .none }
        let line = bytes(from: start, to: end)
        return isTooLong(line) ? .tooLong : .line(line)
    }

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

    /// Whether a line is above the limit. A carriage return before the line end does not count.
    private func isTooLong(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        line.count > maximumLineBytes && !(line.count == maximumLineBytes + 1 && line.last == 0x0D)
    }

    /// Drops the bytes of a line that is too long; true at its first bytes only.
    private mutating func overflow() -> Bool {
        guard isSkipping || end - start > maximumLineBytes + 1 else { return false }
        start = end
        defer { isSkipping = true }
        return !isSkipping
    }

    /// Drops U+FEFF at byte 0 of the stream, as RFC 8259 §8.1 allows.
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
