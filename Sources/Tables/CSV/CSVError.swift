/// What is wrong with a CSV file (RFC 4180), and on which line. No description holds a value of the file.
public enum CSVError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file has no line of column names.
    case noHeader
    /// Two columns have the same name.
    case duplicateColumn(String)
    /// A name was asked for that no column has.
    case unknownColumn(String)
    /// A record has more or fewer fields than the header.
    case wrongFieldCount(line: Int, found: Int, expected: Int)
    /// A quoted field does not end, or something follows its closing quote.
    case brokenQuotes(line: Int)
    /// A record is longer than `limit` bytes.
    case recordTooLong(line: Int, limit: Int)
    /// The file cannot be read; the system's error number.
    case unreadable(Int32)

    public var description: String {
        switch self {
        case .noHeader: "there is no line of column names"
        case .duplicateColumn(let name): "two columns are named \(name)"
        case .unknownColumn(let name): "there is no column named \(name)"
        case .wrongFieldCount(let line, let found, let expected):
            "line \(line) has \(found) fields, and the header has \(expected)"
        case .brokenQuotes(let line): "line \(line) has a quoted field that does not end where a field may"
        case .recordTooLong(let line, let limit): "line \(line) begins a record of more than \(limit) bytes"
        case .unreadable(let code): "it cannot be read (errno \(code))"
        }
    }
}
