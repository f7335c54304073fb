import Bureau
import GRDB
import Repositories

extension SubjectToken: ColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        withBytes { Self.bindBlob($0, to: statement, at: parameter) }
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let bytes = Self.blob(column, of: statement) else { return nil }
        self.init(bytes: bytes)
    }
}

extension Sealed: ColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        bytes.bind(to: statement, at: parameter)
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let bytes = [UInt8](column: column, of: statement) else { return nil }
        self.init(bytes)
    }
}

extension WrappedDataKey: ColumnValue {
    func bind(to statement: SQLiteStatement, at parameter: Int32) -> Int32 {
        bytes.bind(to: statement, at: parameter)
    }

    init?(column: Int32, of statement: SQLiteStatement) {
        guard let bytes = [UInt8](column: column, of: statement) else { return nil }
        self.init(bytes)
    }
}
