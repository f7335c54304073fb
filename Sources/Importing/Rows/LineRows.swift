import Glibc
import JSON
import Tables

/// Reads a file of JSON texts, one a line (NDJSON): each row becomes the params of a request.
///
/// Memory is flat: a buffer of 256 KiB, which grows up to the longest row. Empty lines are passed over, and so is a
/// byte order mark.
package final class LineRows: ImportRows {
    private let source: CSVReader.Source
    private let renaming: RowRenaming
    private let maximumRowBytes: Int
    private var parser: Parser
    private var buffer: UnsafeMutableRawBufferPointer
    /// The bytes that were read and are not served.
    private var rest = 0..<0
    private var readBytes = 0
    private var isAtEnd = false
    /// The end of the bytes in which no line end was found.
    private var scanned = 0

    package private(set) var line = 0
    package private(set) var lacksLineEnd = false

    package init(
        renaming: RowRenaming, maximumRowBytes: Int = RowLimits.maximumRowBytes,
        reading source: @escaping CSVReader.Source
    ) {
        self.source = source
        self.renaming = renaming
        self.maximumRowBytes = maximumRowBytes
        parser = Parser(limits: RowLimits.parser)
        buffer = .allocate(byteCount: 256 << 10, alignment: 16)
    }

    deinit { buffer.deallocate() }

    package var lastLine: Int { line }
    package var position: Int { readBytes - rest.count }

    package func pass(to position: Int, lastLine: Int) throws(CSVError) -> Bool {
        while readBytes < position, !isAtEnd {
            rest = 0..<0
            scanned = 0
            try fill()
        }
        guard readBytes >= position, readBytes - position <= rest.count else { return false }
        rest = rest.upperBound - (readBytes - position)..<rest.upperBound
        scanned = rest.lowerBound
        line = lastLine
        return true
    }

    package func next(into params: inout Writer) throws(CSVError) -> RowFinding? {
        while true {
            guard let text = try nextLine() else { return nil }
            guard let text else { return .refused(RowRefusal(reason: "line_too_long")) }
            // The byte order mark of UTF-16, of which no line is a row.
            if line == 1, text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
                throw .unreadable(EILSEQ)
            }
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(SyntaxError) {
                let row = try parser.parse(text)
                guard row.kind == .object else { return .refused(RowRefusal(reason: "not_an_object")) }
                renaming.write(row, to: &params)
                return .params
            } catch {
                return .refused(RowRefusal(reason: error.reason.rawValue))
            }
        }
    }

    /// The next line without its end: nil at the end of the file, a nil text for a line that is too long.
    private func nextLine() throws(CSVError) -> UnsafeBufferPointer<UInt8>?? {
        var isTooLong = false
        while true {
            if let end = findLineEnd() {
                let start = rest.lowerBound
                rest = end + 1..<rest.upperBound
                scanned = rest.lowerBound
                line += 1
                if isTooLong || end - start > maximumRowBytes { return .some(nil) }
                return withoutMark(start..<end)
            }
            if isAtEnd {
                guard !rest.isEmpty || isTooLong else { return nil }
                lacksLineEnd = true
                let last = rest
                rest = rest.upperBound..<rest.upperBound
                line += 1
                return isTooLong || last.count > maximumRowBytes ? .some(nil) : withoutMark(last)
            }
            if rest.count > maximumRowBytes {
                isTooLong = true
                rest = rest.upperBound..<rest.upperBound
            }
            try fill()
        }
    }

    private func withoutMark(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[range]).assumingMemoryBound(to: UInt8.self)
        let hasMark = line == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
        return hasMark ? UnsafeBufferPointer(rebasing: bytes[3...]) : bytes
    }

    private func findLineEnd() -> Int? {
        scanned = max(scanned, rest.lowerBound)
        guard scanned < rest.upperBound, let base = buffer.baseAddress else { return nil }
        guard let found = memchr(base + scanned, 0x0A, rest.upperBound - scanned) else {
            scanned = rest.upperBound
            return nil
        }
        return found - base
    }

    /// Moves what is left to the buffer's beginning, doubles the buffer when that is all of it, and reads.
    private func fill() throws(CSVError) {
        if rest.count == buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
            buffer.deallocate()
            buffer = larger
        } else if rest.lowerBound > 0, let base = buffer.baseAddress {
            memmove(base, base + rest.lowerBound, rest.count)
        }
        scanned = max(0, scanned - rest.lowerBound)
        rest = 0..<rest.count
        let count = source(UnsafeMutableRawBufferPointer(rebasing: buffer[rest.upperBound...]))
        guard count >= 0 else { throw .unreadable(errno) }
        if count == 0 { isAtEnd = true }
        readBytes += count
        rest = 0..<rest.upperBound + count
    }
}
