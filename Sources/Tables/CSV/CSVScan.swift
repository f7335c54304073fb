import Glibc

/// Where a field lies in the buffer of a `CSVReader`.
struct CSVRange {
    var start: Int
    var end: Int
}

/// One pass over the bytes of one record: finds where its fields lie.
struct CSVScan {
    enum Outcome {
        /// A record was found; `position` is behind its line end.
        case record
        /// The bytes end within a record.
        case incomplete
        /// There is no further record.
        case end
        /// A quoted field does not end, or something follows its closing quote.
        case brokenQuotes
    }

    let separator: UInt8
    var position: Int
    /// The fields that were found.
    private(set) var count = 0
    /// The line ends that were passed, those within quotes included.
    private(set) var lineEnds = 0

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(separator: UInt8, position: Int) {
        self.separator = separator
        self.position = position
    }

    /// Scans `buffer` up to `end`. Doubled quotes are made single in place, once the record is there as a whole.
    mutating func run(
        _ buffer: UnsafeMutableRawBufferPointer, upTo end: Int, isAtEnd: Bool,
        into fields: UnsafeMutableBufferPointer<CSVRange>
    ) -> Outcome {
        guard position < end else { return isAtEnd ? .end : .incomplete }
        let bytes = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var hasDoubledQuotes = false
        // No byte above the separator and the quote ends an unquoted field: one comparison passes most of them.
        let highest = max(separator, Self.quote)
        while true {
            var field: CSVRange
            if position < end, bytes[position] == Self.quote {
                guard let quoted = quotedField(bytes, end, &hasDoubledQuotes) else {
                    return isAtEnd ? .brokenQuotes : .incomplete
                }
                field = quoted
            } else {
                let start = position
                while position < end {
                    let byte = bytes[position]
                    if byte <= highest, byte == separator || byte == Self.newline || byte == Self.quote { break }
                    position += 1
                }
                field = CSVRange(start: start, end: position)
            }
            if position == end {
                guard isAtEnd else { return .incomplete }
                store(field, fields)
                break
            }
            switch bytes[position] {
            case separator:
                store(field, fields)
                position += 1
            case Self.newline:
                if field.end == position, field.end > field.start, bytes[field.end - 1] == Self.carriageReturn {
                    field.end -= 1
                }
                store(field, fields)
                position += 1
                lineEnds += 1
                if hasDoubledQuotes { unescape(bytes, fields) }
                return .record
            case Self.carriageReturn:
                // A line end after a closing quote.
                guard position + 1 < end else { return isAtEnd ? .brokenQuotes : .incomplete }
                guard bytes[position + 1] == Self.newline else { return .brokenQuotes }
                position += 1
                store(field, fields)
                position += 1
                lineEnds += 1
                if hasDoubledQuotes { unescape(bytes, fields) }
                return .record
            default: return .brokenQuotes
            }
        }
        lineEnds += 1
        if hasDoubledQuotes { unescape(bytes, fields) }
        return .record
    }

    private mutating func store(_ field: CSVRange, _ fields: UnsafeMutableBufferPointer<CSVRange>) {
        if count < fields.count { fields[count] = field }
        count += 1
    }

    /// The inside of a quoted field, from its opening quote; nil when its end is not there.
    private mutating func quotedField(
        _ bytes: UnsafeMutablePointer<UInt8>, _ end: Int, _ hasDoubledQuotes: inout Bool
    ) -> CSVRange? {
        position += 1
        let start = position
        while position < end {
            let byte = bytes[position]
            if byte == Self.quote {
                guard position + 1 < end, bytes[position + 1] == Self.quote else {
                    position += 1
                    return CSVRange(start: start, end: position - 1)
                }
                hasDoubledQuotes = true
                position += 1
            } else if byte == Self.newline {
                lineEnds += 1
            }
            position += 1
        }
        return nil
    }

    /// Makes doubled quotes single in all fields that were quoted. Only a quoted field holds a quote.
    private func unescape(_ bytes: UnsafeMutablePointer<UInt8>, _ fields: UnsafeMutableBufferPointer<CSVRange>) {
        for index in 0..<min(count, fields.count) {
            let field = fields[index]
            var target = field.start
            var source = field.start
            while source < field.end {
                bytes[target] = bytes[source]
                if bytes[source] == Self.quote { source += 1 }
                target += 1
                source += 1
            }
            fields[index].end = target
        }
    }
}
