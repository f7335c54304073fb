import CLibpq

/// The rows that one statement returned, in binary format.
///
/// Unchecked: libpq never changes a result after it has been handed out, nothing here does either, and it is freed
/// once, when nobody holds it any more.
final class ResultTable: @unchecked Sendable {
    private let result: OpaquePointer

    /// Takes the result over.
    init(owning result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    var rowCount: Int { Int(PQntuples(result)) }

    /// The row at `index`, which must be below `rowCount`.
    subscript(index: Int) -> ResultRow {
        ResultRow(table: self, index: Int32(index))
    }

    func isNull(_ row: Int32, _ column: Int32) -> Bool {
        PQgetisnull(result, row, column) != 0
    }

    /// Lends the bytes of a value; libpq answers a column that is not there with none.
    func withBytes<R>(_ row: Int32, _ column: Int32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let start = PQgetvalue(result, row, column)
        let count = start == nil ? 0 : Int(PQgetlength(result, row, column))
        return withExtendedLifetime(self) { body(UnsafeRawBufferPointer(start: start, count: count)) }
    }
}

/// One row of a result.
struct ResultRow {
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

/// A column holds what this program never wrote there.
struct UnexpectedValue: Error {}
