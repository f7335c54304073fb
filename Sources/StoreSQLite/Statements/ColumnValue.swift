import GRDB
import GRDBSQLite

/// A value that a statement binds to a parameter and reads from a column, without a box in between.
protocol ColumnValue {
    /// Binds the value and returns SQLite's result code. SQLite keeps its own copy.
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32

    /// Copies the value of a column of the current row; nil when the column has another shape.
    init?(column: Int32, of statement: SQLiteStatement)
}

/// Tells SQLite to copy the bytes before the call returns (`SQLITE_TRANSIENT`, a macro that Swift cannot import).
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension ColumnValue {
    static func bindBlob(
        _ bytes: UnsafeRawBufferPointer, to statement: SQLiteStatement, at parameter: Int32
    ) -> Int32 {
        // A null pointer would bind NULL, and an empty array may have one.
        guard let start = bytes.baseAddress else { return sqlite3_bind_zeroblob(statement, parameter, 0) }
        return sqlite3_bind_blob64(statement, parameter, start, UInt64(bytes.count), copied)
    }

    static func bindText(
        _ text: UnsafeBufferPointer<UInt8>, to statement: SQLiteStatement, at parameter: Int32
    ) -> Int32 {
        text.withMemoryRebound(to: CChar.self) { text in
            sqlite3_bind_text64(
                statement, parameter, text.baseAddress, UInt64(text.count), copied, UInt8(SQLITE_UTF8))
        }
    }

    /// The bytes of a blob, valid until the statement moves on; nil when the column is not a blob.
    static func blob(_ column: Int32, of statement: SQLiteStatement) -> UnsafeRawBufferPointer? {
        guard sqlite3_column_type(statement, column) == SQLITE_BLOB else { return nil }
        return UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
    }

    /// The bytes of a text, valid until the statement moves on; nil when the column is not a text.
    static func text(_ column: Int32, of statement: SQLiteStatement) -> UnsafeBufferPointer<UInt8>? {
        guard sqlite3_column_type(statement, column) == SQLITE_TEXT else { return nil }
        return UnsafeBufferPointer(
            start: sqlite3_column_text(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
    }
}

extension Int64: ColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        sqlite3_bind_int64(statement, parameter, self)
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard sqlite3_column_type(statement, column) == SQLITE_INTEGER else { return nil }
        self = sqlite3_column_int64(statement, column)
    }
}

extension [UInt8]: ColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        withUnsafeBytes { Self.bindBlob($0, to: statement, at: parameter) }
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let bytes = Self.blob(column, of: statement) else { return nil }
        self.init(bytes)
    }
}

extension String: ColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { Self.bindText($0, to: statement, at: parameter) }
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let bytes = Self.text(column, of: statement) else { return nil }
        self.init(validating: bytes, as: UTF8.self)
    }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        switch self {
        case .some(let value): value.bind(to: statement, at: parameter)
        case .none: sqlite3_bind_null(statement, parameter)
        }
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard sqlite3_column_type(statement, column) != SQLITE_NULL else {
            self = .none
            return
        }
        guard let value = Wrapped(column: column, of: statement) else { return nil }
        self = .some(value)
    }
}
