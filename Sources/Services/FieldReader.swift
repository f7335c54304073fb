import Bureau

/// Reads what `FieldWriter` wrote. Every function gives nil when the bytes are not what it expects.
struct FieldReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Reads a whole value: nil unless `read` does and nothing is left over.
    static func read<T>(_ bytes: [UInt8], _ read: (inout FieldReader) -> T?) -> T? {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = FieldReader(bytes: buffer)
            guard reader.integer(UInt8.self) == FieldWriter.layout, let value = read(&reader) else { return nil }
            return reader.position == buffer.count ? value : nil
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T? {
        guard let part = take(MemoryLayout<T>.size) else { return nil }
        return T(bigEndian: UnsafeRawBufferPointer(part).loadUnaligned(as: T.self))
    }

    mutating func text() -> String? {
        takeText().map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func value<T: TextValue>(_ type: T.Type = T.self) -> T? {
        takeText().flatMap { T($0) }
    }

    /// Nil for damage; `.some(nil)` for a field that is absent.
    mutating func optional<T>(_ read: (inout FieldReader) -> T?) -> T?? {
        switch integer(UInt8.self) {
        case 0: .some(nil)
        case 1: read(&self).map { .some($0) }
        default: nil
        }
    }

    private mutating func takeText() -> UnsafeBufferPointer<UInt8>? {
        integer(UInt32.self).flatMap { take(Int($0)) }
    }

    private mutating func take(_ count: Int) -> UnsafeBufferPointer<UInt8>? {
        guard count <= bytes.count - position else { return nil }
        defer { position += count }
        return UnsafeBufferPointer(rebasing: bytes[position..<position + count])
    }
}
