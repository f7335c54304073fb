import Glibc
import JSON
import Tables

/// Reads a file of JSON texts, one a line (NDJSON): each row becomes the params of a request.
///
/// Memory is flat: a buffer of 256 KiB, which grows up to the longest row. Empty lines are passed over, and so is a
/// byte order mark.
public final class LineRows: ImportRows {
    private let renaming: RowRenaming
    private let maximumRowBytes: Int
    private var parser: Parser
    private var buffer: SourceBuffer
    /// How many bytes of what is left have no line end.
    private var scannedBytes = 0

    public private(set) var line = 0
    public private(set) var lacksLineEnd = false

    public init(
        renaming: RowRenaming, maximumRowBytes: Int = RowLimits.maximumRowBytes,
        reading source: @escaping SourceBuffer.Source
    ) {
        self.renaming = renaming
        self.maximumRowBytes = maximumRowBytes
        parser = Parser(limits: RowLimits.parser)
        buffer = SourceBuffer(reading: source)
    }

    public var lastLine: Int { line }
    public var position: Int { buffer.position }

    public func pass(to position: Int, lastLine: Int) throws(CSVError) -> Bool {
        guard try buffer.pass(to: position) else { return false }
        scannedBytes = 0
        line = lastLine
        return true
    }

    public func next(into params: inout Writer) throws(CSVError) -> RowFinding? {
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
                let start = buffer.rest.lowerBound
                serve(before: end + 1)
                line += 1
                if isTooLong || end - start > maximumRowBytes { return .some(nil) }
                return withoutMark(start..<end)
            }
            if buffer.isAtEnd {
                guard !buffer.rest.isEmpty || isTooLong else { return nil }
                lacksLineEnd = true
                let last = buffer.rest
                serve(before: last.upperBound)
                line += 1
                return isTooLong || last.count > maximumRowBytes ? .some(nil) : withoutMark(last)
            }
            if buffer.rest.count > maximumRowBytes {
                isTooLong = true
                serve(before: buffer.rest.upperBound)
            }
            try buffer.fill()
        }
    }

    private func serve(before index: Int) {
        buffer.serve(before: index)
        scannedBytes = 0
    }

    private func withoutMark(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[range]).assumingMemoryBound(to: UInt8.self)
        let hasMark = line == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
        return hasMark ? UnsafeBufferPointer(rebasing: bytes[3...]) : bytes
    }

    /// The index of the line feed that ends the next line; nil when it has not been read.
    private func findLineEnd() -> Int? {
        let rest = buffer.rest.dropFirst(scannedBytes)
        guard !rest.isEmpty, let base = buffer.bytes.baseAddress else { return nil }
        guard let found = memchr(base + rest.lowerBound, 0x0A, rest.count) else {
            scannedBytes = buffer.rest.count
            return nil
        }
        return found - base
    }
}
