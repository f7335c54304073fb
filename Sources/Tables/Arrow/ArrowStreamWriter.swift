/// Writes the streaming format of Apache Arrow's IPC (https://arrow.apache.org/docs/format/Columnar.html, "IPC
/// Streaming Format"): a schema, record batches, and the mark of the end.
///
/// Each portion of rows is one record batch. Integers are Int64, numbers are Float64, texts are Utf8.
struct ArrowStreamWriter: TableWriter {
    let columns: [TableColumn]

    func begin(_ bytes: inout [UInt8]) {
        let schema = FlatTable(fields: [.short(0), .tables(columns.map(\.field))])
        append(.schema, schema, bodyCount: 0, to: &bytes)
    }

    func append(_ rows: TableRows, to bytes: inout [UInt8]) {
        guard rows.count > 0 else { return }
        var body = ArrowBody()
        for values in rows.values { body.append(values) }
        let batch = FlatTable(fields: [
            .long(Int64(rows.count)), .pairs(rows.values.map { (Int64($0.count), Int64($0.nullCount)) }),
            .pairs(body.buffers),
        ])
        append(.recordBatch, batch, bodyCount: body.bytes.count, to: &bytes)
        bytes.append(contentsOf: body.bytes)
    }

    func end(_ bytes: inout [UInt8]) {
        bytes.append(littleEndian: Self.continuation)
        bytes.append(littleEndian: UInt32(0))
    }

    private static let continuation: UInt32 = 0xFFFF_FFFF
    /// Version 5 of the metadata.
    private static let version: Int16 = 4

    private enum Header: UInt8 {
        case schema = 1
        case recordBatch = 3
    }

    private func append(_ header: Header, _ table: FlatTable, bodyCount: Int, to bytes: inout [UInt8]) {
        let message = FlatTable(fields: [
            .short(Self.version), .octet(header.rawValue), .table(table), .long(Int64(bodyCount)),
        ])
        let metadata = FlatBuffer(root: message).bytes
        bytes.append(littleEndian: Self.continuation)
        bytes.append(littleEndian: UInt32(metadata.count))
        bytes.append(contentsOf: metadata)
    }
}

/// The buffers of a record batch, each at a multiple of eight bytes.
private struct ArrowBody {
    var bytes: [UInt8] = []
    /// Where each buffer begins, and how many bytes it has without what fills it up.
    var buffers: [(Int64, Int64)] = []

    mutating func append(_ values: ColumnValues) {
        // No bitmap says that every value is there.
        append(buffer: values.nullCount == 0 ? [] : values.validity)
        switch values.type {
        case .integer, .number:
            append { bytes in
                for word in values.words { bytes.append(littleEndian: word) }
            }
        case .text:
            append { bytes in
                bytes.append(littleEndian: Int32(0))
                for end in values.ends { bytes.append(littleEndian: end) }
            }
            append(buffer: values.text)
        }
    }

    private mutating func append(buffer: [UInt8]) {
        append { $0.append(contentsOf: buffer) }
    }

    private mutating func append(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        buffers.append((Int64(start), Int64(bytes.count - start)))
        while bytes.count % 8 != 0 { bytes.append(0) }
    }
}

extension TableColumn {
    /// The column in Arrow's schema.
    fileprivate var field: FlatTable {
        let type: (number: UInt8, table: FlatTable) =
            switch type {
            case .integer: (2, FlatTable(fields: [.word(64), .boolean(true)]))
            case .number: (3, FlatTable(fields: [.short(2)]))
            case .text: (5, FlatTable(fields: []))
            }
        return FlatTable(fields: [
            .text(name), .boolean(isNullable), .octet(type.number), .table(type.table), nil, .tables([]),
        ])
    }
}
