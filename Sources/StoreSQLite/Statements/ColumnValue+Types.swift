import Bureau
import GRDB
import GRDBSQLite
import Repositories

/// A value that is stored as one integer.
protocol IntegerColumnValue: ColumnValue {
    var storedInteger: Int64 { get }
    init?(storedInteger: Int64)
}

extension IntegerColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        storedInteger.bind(to: statement, at: parameter)
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let integer = Int64(column: column, of: statement) else { return nil }
        self.init(storedInteger: integer)
    }
}

extension Instant: IntegerColumnValue {
    var storedInteger: Int64 { microsecondsSinceEpoch }

    init?(storedInteger: Int64) {
        self.init(microsecondsSinceEpoch: storedInteger)
    }
}

extension CalendarDate: IntegerColumnValue {
    var storedInteger: Int64 { Int64(daysSinceEpoch) }

    init?(storedInteger: Int64) {
        guard let days = Int32(exactly: storedInteger) else { return nil }
        self.init(daysSinceEpoch: days)
    }
}

extension Money: IntegerColumnValue {
    var storedInteger: Int64 { cents }

    init?(storedInteger: Int64) {
        self.init(cents: storedInteger)
    }
}

extension IntegerColumnValue where Self: BinaryInteger {
    var storedInteger: Int64 { Int64(self) }

    init?(storedInteger: Int64) {
        self.init(exactly: storedInteger)
    }
}

extension Int: IntegerColumnValue {}
extension Int32: IntegerColumnValue {}

extension Bool: IntegerColumnValue {
    var storedInteger: Int64 { self ? 1 : 0 }

    init?(storedInteger: Int64) {
        guard 0...1 ~= storedInteger else { return nil }
        self = storedInteger == 1
    }
}

/// A value that is stored as its canonical text.
protocol TextColumnValue: ColumnValue, TextValue {}

extension TextColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        withText { Self.bindText($0, to: statement, at: parameter) }
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let bytes = Self.text(column, of: statement) else { return nil }
        self.init(bytes)
    }
}

extension EventID: TextColumnValue {}
extension EventKind: TextColumnValue {}
extension Purpose: TextColumnValue {}
extension RequestKind: TextColumnValue {}
extension RequestOutcome: TextColumnValue {}
extension Housing: TextColumnValue {}
extension AssetKind: TextColumnValue {}
extension IncomeKind: TextColumnValue {}

extension RecordID: ColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Self.bindBlob($0, to: statement, at: parameter) }
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let bytes = Self.blob(column, of: statement), bytes.count == 16 else { return nil }
        let (high, low) = bytes.loadUnaligned(as: (UInt64, UInt64).self)
        self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
    }
}

extension SubjectToken: ColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        withBytes { Self.bindBlob($0, to: statement, at: parameter) }
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let bytes = Self.blob(column, of: statement) else { return nil }
        self.init(bytes: bytes)
    }
}

/// A value that is stored as a blob of any length.
protocol BytesColumnValue: ColumnValue {
    var bytes: [UInt8] { get }
    init(_ bytes: [UInt8])
}

extension BytesColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        bytes.bind(to: statement, at: parameter)
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let bytes = [UInt8](column: column, of: statement) else { return nil }
        self.init(bytes)
    }
}

extension Sealed: BytesColumnValue {}
extension WrappedDataKey: BytesColumnValue {}
