/// Reads a CSV file (RFC 4180) record by record, from any source of bytes; its first line names the columns.
///
///     var reader = try CSVReader { FileDescriptor(0).read(into: $0) }
///     let income = try reader.column("income")
///     while try reader.next() {
///         let field = reader[income]
///         if field.isMissing { … } else if let number = field.number { … } else { … field.text … }
///     }
///
/// Fields may be quoted and then hold separators, line ends and doubled quotes; lines end with LF or CRLF, the last one
/// also with the file; a byte order mark is passed over, and so is an empty line of a file with several columns.
/// Memory is flat: a buffer of 256 KiB, which grows up to the longest record.
public struct CSVReader: ~Copyable {
    public typealias Source = SourceBuffer.Source

    /// The names of the columns, all different.
    public private(set) var columns: [String] = []
    /// The line on which the current record begins, from 1, which is the header's.
    public private(set) var line = 0
    /// The number of records that were read, the header not counted.
    public private(set) var recordCount = 0

    /// Whether the file ends within the line of the last record, or of the one that was passed over.
    public private(set) var lacksLineEnd = false

    private let maximumRecordBytes: Int
    private let separator: UInt8
    /// What was read and belongs to no record yet.
    private var buffer: SourceBuffer
    private var nextLine = 1
    /// The ranges of the current record's fields.
    private var fields: UnsafeMutableBufferPointer<CSVRange>

    /// Reads the line of names. A record may have `maximumRecordBytes`, 1 MiB unless told otherwise.
    public init(
        separator: UInt8 = UInt8(ascii: ","), maximumRecordBytes: Int = 1 << 20, bufferBytes: Int = 256 << 10,
        reading source: @escaping Source
    ) throws(CSVError) {
        self.separator = separator
        self.maximumRecordBytes = maximumRecordBytes
        buffer = SourceBuffer(byteCount: bufferBytes, reading: source)
        fields = .allocate(capacity: 1024)
        while buffer.rest.count < 3, !buffer.isAtEnd { try buffer.fill() }
        if buffer.bytes[buffer.rest].starts(with: [0xEF, 0xBB, 0xBF]) { buffer.serve(before: 3) }
        guard let count = try scanRecord(), count > 1 || fields[0].end > fields[0].start else { throw .noHeader }
        columns = (0..<min(count, fields.count)).map { self[$0].text }
        guard count <= fields.count else {
            throw .wrongFieldCount(line: 1, found: count, expected: fields.count)
        }
        var seen: Set<String> = []
        for name in columns where !seen.insert(name).inserted { throw .duplicateColumn(name) }
    }

    deinit { fields.deallocate() }

    /// Finds the column of a name.
    public func column(_ name: String) throws(CSVError) -> Int {
        guard let index = columns.firstIndex(of: name) else { throw .unknownColumn(name) }
        return index
    }

    /// Where the next record begins, in bytes from the beginning of the file.
    public var position: Int { buffer.position }

    /// Passes over everything before a position at which a record ended, whose last line was `line`; false when the
    /// file ends before it, or the position was passed already.
    public mutating func pass(to position: Int, line: Int) throws(CSVError) -> Bool {
        guard try buffer.pass(to: position) else { return false }
        nextLine = line + 1
        return true
    }

    /// Passes over the line on which a broken record begins, so that the next one can be read.
    public mutating func skipLine() throws(CSVError) {
        while true {
            let end = buffer.bytes[buffer.rest].firstIndex(of: UInt8(ascii: "\n"))
            buffer.serve(before: end.map { $0 + 1 } ?? buffer.rest.upperBound)
            lacksLineEnd = end == nil
            if end != nil || buffer.isAtEnd { break }
            try buffer.fill()
        }
        nextLine = line + 1
    }

    /// The last line of the current record, which begins on `line`.
    public var lastLine: Int { nextLine - 1 }

    /// Reads the next record; false at the end of the file.
    public mutating func next() throws(CSVError) -> Bool {
        while let count = try scanRecord() {
            if count == columns.count {
                recordCount += 1
                return true
            }
            guard count == 1, fields[0].start == fields[0].end else {
                throw .wrongFieldCount(line: line, found: count, expected: columns.count)
            }
        }
        return false
    }

    /// A field of the current record, valid until the next call of `next`.
    @inline(__always)
    public subscript(column: Int) -> CSVField {
        let range = fields[column]
        return CSVField(bytes: UnsafeRawBufferPointer(rebasing: buffer.bytes[range.start..<range.end]))
    }

    /// Finds the fields of the next record in the buffer, and reads on until the record is there as a whole.
    /// Returns how many fields it has, of which `fields` keeps as many as fit; nil at the end.
    private mutating func scanRecord() throws(CSVError) -> Int? {
        line = nextLine
        while true {
            var scan = CSVScan(separator: separator, position: buffer.rest.lowerBound)
            let outcome = scan.run(buffer.bytes, upTo: buffer.rest.upperBound, isAtEnd: buffer.isAtEnd, into: fields)
            switch outcome {
            case .record:
                buffer.serve(before: scan.position)
                lacksLineEnd =
                    buffer.isAtEnd && buffer.rest.isEmpty && buffer.bytes[scan.position - 1] != UInt8(ascii: "\n")
                nextLine += scan.lineEnds
                return scan.count
            case .end: return nil
            case .brokenQuotes: throw .brokenQuotes(line: line)
            case .incomplete:
                guard buffer.rest.count <= maximumRecordBytes else {
                    throw .recordTooLong(line: line, limit: maximumRecordBytes)
                }
                try buffer.fill()
            }
        }
    }
}
