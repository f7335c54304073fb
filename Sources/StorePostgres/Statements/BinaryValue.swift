import Bureau

/// A value in PostgreSQL's binary format: what the functions `typsend` and `typreceive` of its type work with.
protocol BinaryValue {
    /// The type's identifier in `pg_type`, fixed for the built-in types.
    static var typeID: UInt32 { get }

    /// Appends the value without its length.
    func append(to bytes: inout [UInt8])

    /// Reads a whole column; nil when its bytes have another form.
    init?(binary: UnsafeRawBufferPointer)
}

/// `bigint`
extension Int64: BinaryValue {
    static var typeID: UInt32 { 20 }

    func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: self)
    }

    init?(binary: UnsafeRawBufferPointer) {
        self.init(bigEndianBytes: binary)
    }
}

/// `timestamptz`: microseconds, counted from 2000-01-01T00:00:00Z.
extension Instant: BinaryValue {
    static var typeID: UInt32 { 1184 }

    private static var epochMicroseconds: Int64 { 946_684_800_000_000 }

    func append(to bytes: inout [UInt8]) {
        // Instants are within some ten thousand years, far from the ends of the integer.
        bytes.append(bigEndian: microsecondsSinceEpoch - Self.epochMicroseconds)
    }

    init?(binary: UnsafeRawBufferPointer) {
        guard let count = Int64(bigEndianBytes: binary) else { return nil }
        // The ends of the integer are PostgreSQL's infinities.
        let (sum, overflow) = count.addingReportingOverflow(Self.epochMicroseconds)
        guard !overflow else { return nil }
        self.init(microsecondsSinceEpoch: sum)
    }
}

/// `uuid`
extension RecordID: BinaryValue {
    static var typeID: UInt32 { 2950 }

    func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: high)
        bytes.append(bigEndian: low)
    }

    init?(binary: UnsafeRawBufferPointer) {
        guard let value = UInt128(bigEndianBytes: binary) else { return nil }
        self.init(high: UInt64(value >> 64), low: UInt64(truncatingIfNeeded: value))
    }
}

/// `bytea`
private let bytea: UInt32 = 17

extension SubjectToken: BinaryValue {
    static var typeID: UInt32 { bytea }

    func append(to bytes: inout [UInt8]) {
        withBytes { bytes.append(contentsOf: $0) }
    }

    init?(binary: UnsafeRawBufferPointer) {
        self.init(bytes: binary)
    }
}

/// A value that is stored as an array of bytes of any length.
protocol BytesValue: BinaryValue {
    var bytes: [UInt8] { get }
    init(_ bytes: [UInt8])
}

extension BytesValue {
    static var typeID: UInt32 { bytea }

    func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: self.bytes)
    }

    init?(binary: UnsafeRawBufferPointer) {
        self.init([UInt8](binary))
    }
}

extension KeyRingFingerprint: BinaryValue {
    static var typeID: UInt32 { bytea }

    func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: self.bytes)
    }

    init?(binary: UnsafeRawBufferPointer) {
        self.init(bytes: [UInt8](binary))
    }
}

extension [UInt8]: BinaryValue {
    static var typeID: UInt32 { bytea }

    func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: self)
    }

    init?(binary: UnsafeRawBufferPointer) {
        self.init(binary)
    }
}

extension Sealed: BytesValue {}
extension WrappedDataKey: BytesValue {}

/// `text`, in UTF-8, the encoding that each connection asks for.
extension String: BinaryValue {
    static var typeID: UInt32 { 25 }

    /// Writes U+2400 instead of U+0000, which PostgreSQL refuses in a text and which would fail the whole batch.
    func append(to bytes: inout [UInt8]) {
        for byte in utf8 {
            if byte == 0 {
                bytes.append(contentsOf: "\u{2400}".utf8)
            } else {
                bytes.append(byte)
            }
        }
    }

    init?(binary: UnsafeRawBufferPointer) {
        self.init(validating: binary, as: UTF8.self)
    }
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
