import GRDB
import GRDBSQLite

/// A statement that its connection has compiled once, bound and stepped at SQLite's own speed.
///
/// GRDB owns the statement and keeps it in the connection's cache. GRDB's `StatementArguments` and `Row` would cost
/// more for each item of a batch than SQLite's own work. A statement is used on its connection's queue only.
struct PreparedStatement {
    private let statement: Statement

    init(_ sql: String, on db: Database) throws {
        statement = try db.cachedStatement(sql: sql)
    }

    private var handle: SQLiteStatement { statement.sqliteStatement }

    /// Runs a statement that returns no row; returns the number of rows that it inserted, updated or deleted.
    @discardableResult
    func run<each Value: ColumnValue>(_ values: repeat each Value) throws -> Int {
        defer { sqlite3_reset(handle) }
        try bind(repeat each values)
        guard try !step() else { throw UnreadableValue() }
        return Int(sqlite3_changes(sqlite3_db_handle(handle)))
    }

    /// Runs an insertion that has as many lists of parameters as there are rows.
    func run<Row, each Value: ColumnValue>(rows: ArraySlice<Row>, _ values: (Row) -> (repeat each Value)) throws {
        defer { sqlite3_reset(handle) }
        var parameter: Int32 = 0
        for row in rows { try bind(repeat each values(row), after: &parameter) }
        guard try !step() else { throw UnreadableValue() }
    }

    /// The identifier of the row that the connection inserted last.
    var lastInsertedRowID: Int64 {
        sqlite3_last_insert_rowid(sqlite3_db_handle(handle))
    }

    /// Reads the first row, the only one of a search by a unique key; nil when there is none.
    func first<each Value: ColumnValue, Result>(
        _ values: repeat each Value, read: (SQLiteRow) throws -> Result
    ) throws -> Result? {
        defer { sqlite3_reset(handle) }
        try bind(repeat each values)
        return try step() ? read(SQLiteRow(statement: handle)) : nil
    }

    /// Reads every row in turn.
    func forEach<each Value: ColumnValue>(
        _ values: repeat each Value, read: (SQLiteRow) throws -> Void
    ) throws {
        defer { sqlite3_reset(handle) }
        try bind(repeat each values)
        while try step() {
            try read(SQLiteRow(statement: handle))
        }
    }

    /// Reads every row in turn into an array.
    func all<each Value: ColumnValue, Result>(
        _ values: repeat each Value, read: (SQLiteRow) throws -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        try forEach(repeat each values) { results.append(try read($0)) }
        return results
    }

    private func bind<each Value: ColumnValue>(_ values: repeat each Value) throws {
        var parameter: Int32 = 0
        try bind(repeat each values, after: &parameter)
    }

    private func bind<each Value: ColumnValue>(_ values: repeat each Value, after parameter: inout Int32) throws {
        for value in repeat each values {
            parameter += 1
            let code = value.bind(to: handle, at: parameter)
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        }
    }

    /// True when there is a row to read, false when the statement is done.
    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }
}

/// The current row of a statement, valid until the statement moves on.
struct SQLiteRow {
    fileprivate let statement: SQLiteStatement

    /// Copies the value of a column, counted from 0.
    func value<Value: ColumnValue>(_ column: Int32, as: Value.Type = Value.self) throws -> Value {
        guard let value = Value(column: column, of: statement) else { throw UnreadableValue() }
        return value
    }

    /// Appends the bytes of a blob, counted from 0 as a column.
    func append(_ column: Int32, to bytes: inout [UInt8]) throws {
        guard let blob = [UInt8].blob(column, of: statement) else { throw UnreadableValue() }
        bytes.append(contentsOf: blob)
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }
}

/// A value in the file has a shape that this program does not write.
struct UnreadableValue: Error {}
