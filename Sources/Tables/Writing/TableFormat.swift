/// The form of a table in a file or a pipe.
public enum TableFormat: String, CaseIterable, Sendable {
    /// Comma-separated values with a line of names (RFC 4180); a null is an empty field.
    case csv
    /// A JSON object a line, with every column in each.
    case ndjson
    /// The streaming format of Apache Arrow's IPC, metadata version 5.
    case arrow

    public func writer(of columns: [TableColumn]) -> any TableWriter {
        switch self {
        case .csv: CSVWriter(columns: columns)
        case .ndjson: NDJSONWriter(columns: columns)
        case .arrow: ArrowStreamWriter(columns: columns)
        }
    }
}

/// Writes rows of fixed columns as bytes. The same rows in the same portions give the same bytes.
public protocol TableWriter: Sendable {
    /// Appends what comes before the first row.
    func begin(_ bytes: inout [UInt8])

    /// Appends rows, of which every column has as many values.
    func append(_ rows: TableRows, to bytes: inout [UInt8])

    /// Appends what comes behind the last row.
    func end(_ bytes: inout [UInt8])
}

/// Writes CSV. Lines end in a line feed; a text is quoted where it holds a comma, a quote or a line break, or is empty.
struct CSVWriter: TableWriter {
    let columns: [TableColumn]

    func begin(_ bytes: inout [UInt8]) {
        for (index, column) in columns.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            Self.append(Array(column.name.utf8)[...], to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    func append(_ rows: TableRows, to bytes: inout [UInt8]) {
        for row in 0..<rows.count {
            for column in rows.values.indices {
                if column > 0 { bytes.append(UInt8(ascii: ",")) }
                guard rows.values[column].isThere(row) else { continue }
                switch rows.values[column].type {
                case .integer: bytes.append(decimal: rows.values[column].integer(row))
                case .number: bytes.append(number: rows.values[column].number(row))
                case .text: Self.append(rows.values[column].text(row), to: &bytes)
                }
            }
            bytes.append(UInt8(ascii: "\n"))
        }
    }

    func end(_ bytes: inout [UInt8]) {}

    private static func append(_ text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        guard text.isEmpty || text.contains(where: isSpecial) else { return bytes.append(contentsOf: text) }
        let quote = UInt8(ascii: "\"")
        bytes.append(quote)
        for byte in text {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }
}

/// Writes a JSON object a line (RFC 8259); what JSON has no number for, such as an infinity, is null.
struct NDJSONWriter: TableWriter {
    /// The name of each column with what comes before and behind it.
    private let names: [[UInt8]]

    init(columns: [TableColumn]) {
        names = columns.enumerated().map { index, column in
            var name = Array((index == 0 ? "{\"" : ",\"").utf8)
            name.append(escaped: Array(column.name.utf8)[...])
            return name + Array("\":".utf8)
        }
    }

    func begin(_ bytes: inout [UInt8]) {}

    func append(_ rows: TableRows, to bytes: inout [UInt8]) {
        for row in 0..<rows.count {
            for column in rows.values.indices {
                bytes.append(contentsOf: names[column])
                guard rows.values[column].isThere(row) else {
                    bytes.append(contentsOf: Self.null)
                    continue
                }
                switch rows.values[column].type {
                case .integer: bytes.append(decimal: rows.values[column].integer(row))
                case .number:
                    let number = rows.values[column].number(row)
                    if number.isFinite { bytes.append(number: number) } else { bytes.append(contentsOf: Self.null) }
                case .text:
                    bytes.append(UInt8(ascii: "\""))
                    bytes.append(escaped: rows.values[column].text(row))
                    bytes.append(UInt8(ascii: "\""))
                }
            }
            bytes.append(contentsOf: Self.rowEnd)
        }
    }

    func end(_ bytes: inout [UInt8]) {}

    private static let null = Array("null".utf8)
    private static let rowEnd = Array("}\n".utf8)
}

extension [UInt8] {
    /// Appends the digits of an integer.
    public mutating func append(decimal integer: Int64) {
        if integer < 0 { append(UInt8(ascii: "-")) }
        var rest = integer.magnitude
        let start = count
        repeat {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        var (low, high) = (start, count - 1)
        while low < high {
            swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    /// Appends the shortest text that reads back as the number; an integer up to 2^53 has no decimals.
    public mutating func append(number: Double) {
        if number.magnitude <= 0x1p53, let integer = Int64(exactly: number), !(integer == 0 && number.sign == .minus) {
            return append(decimal: integer)
        }
        append(contentsOf: "\(number)".utf8)
    }

    /// Appends a text as it stands between the quotes of a JSON string (RFC 8259 §7).
    fileprivate mutating func append(escaped text: ArraySlice<UInt8>) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case ..<0x20:
                append(contentsOf: "\\u00".utf8)
                append(contentsOf: "0123456789abcdef".utf8.dropFirst(Int(byte >> 4)).prefix(1))
                append(contentsOf: "0123456789abcdef".utf8.dropFirst(Int(byte & 15)).prefix(1))
            default: append(byte)
            }
        }
    }
}
