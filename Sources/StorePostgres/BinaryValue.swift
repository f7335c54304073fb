/// A value that travels in PostgreSQL's binary format, the `typsend` and `typreceive` form of its type.
protocol BinaryValue {
    /// The type's identifier in `pg_type`, fixed for the built-in types.
    static var typeID: UInt32 { get }

    /// Appends the value without its length.
    func append(to bytes: inout [UInt8])

    /// Reads the whole of a column; nil when it is not the value's form.
    init?(binary: UnsafeRawBufferPointer)
}

extension [UInt8] {
    mutating func append<Integer: FixedWidthInteger>(bigEndian integer: Integer) {
        Swift.withUnsafeBytes(of: integer.bigEndian) { append(contentsOf: $0) }
    }
}

extension FixedWidthInteger {
    init?(bigEndianBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == MemoryLayout<Self>.size else { return nil }
        self.init(bigEndian: bytes.loadUnaligned(as: Self.self))
    }
}
