import CLibpq

/// The rows that one statement returned, in binary format.
///
/// Unchecked: neither libpq nor this type changes a result once it is there, and the last owner frees it.
final class ResultTable: @unchecked Sendable {
    private let result: OpaquePointer

    /// Takes the ownership of a result.
    init(owning result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    var rowCount: Int { Int(PQntuples(result)) }

    /// The row at `index`, which must be below `rowCount`.
    subscript(index: Int) -> PostgresRow {
        PostgresRow(table: self, index: Int32(index))
    }

    func isNull(_ row: Int32, _ column: Int32) -> Bool {
        PQgetisnull(result, row, column) != 0
    }

    /// Lends the bytes of a value; a column that does not exist has none.
    func withBytes<R>(_ row: Int32, _ column: Int32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let start = PQgetvalue(result, row, column)
        let count = start == nil ? 0 : Int(PQgetlength(result, row, column))
        return withExtendedLifetime(self) { body(UnsafeRawBufferPointer(start: start, count: count)) }
    }
}

/// One row of a result.
struct PostgresRow {
    let table: ResultTable
    let index: Int32

    /// The value of a column, counted from 0, that is never NULL.
    func value<Value: BinaryValue>(_ column: Int32) throws(UnexpectedValue) -> Value {
        guard !table.isNull(index, column), let value = table.withBytes(index, column, Value.init(binary:)) else {
            throw UnexpectedValue()
        }
        return value
    }

    /// The value of a column that may be NULL.
    func optional<Value: BinaryValue>(_ column: Int32) throws(UnexpectedValue) -> Value? {
        table.isNull(index, column) ? nil : try value(column)
    }
}

/// A column holds a value of a shape that this program does not write.
struct UnexpectedValue: Error {}
