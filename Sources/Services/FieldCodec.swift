import Bureau

/// Writes the fields of a value one after another, as they lie inside a sealed value.
///
/// The first byte names the layout, so that a later layout can be told apart. Integers are big-endian. A text has its
/// length in UTF-8 bytes before it; a field that may be absent has a byte 0 or 1 before it.
struct FieldWriter {
    /// The layout of version 0.1.0, which is written as long as it can hold the value.
    static let layout: UInt8 = 1
    /// The layout with the members that came later.
    static let secondLayout: UInt8 = 2

    private(set) var bytes: [UInt8]

    init(layout: UInt8 = FieldWriter.layout) {
        bytes = []
        bytes.reserveCapacity(192)
        bytes.append(layout)
    }

    mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { text($0) }
    }

    mutating func text(_ value: some TextValue) {
        value.withText { text($0) }
    }

    /// Writes octets of a length that the layout gives.
    mutating func octets(_ value: ArraySlice<UInt8>) { bytes.append(contentsOf: value) }

    mutating func optional<T>(_ value: T?, _ write: (inout FieldWriter, T) -> Void) {
        bytes.append(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }

    private mutating func text(_ utf8: UnsafeBufferPointer<UInt8>) {
        integer(UInt32(utf8.count))
        bytes.append(contentsOf: utf8)
    }
}

/// Reads what `FieldWriter` wrote. Every function returns nil when the bytes are not what it expects.
struct FieldReader {
    /// The layout of the value.
    let layout: UInt8
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 1

    /// Reads a whole value of a layout up to `lastLayout`; nil when `read` returns nil or bytes are left over.
    static func read<T>(
        _ bytes: [UInt8], upTo lastLayout: UInt8 = FieldWriter.layout, _ read: (inout FieldReader) -> T?
    ) -> T? {
        bytes.withUnsafeBufferPointer { buffer in
            guard let layout = buffer.first, layout >= FieldWriter.layout, layout <= lastLayout else { return nil }
            var reader = FieldReader(layout: layout, bytes: buffer)
            guard let value = read(&reader) else { return nil }
            return reader.position == buffer.count ? value : nil
        }
    }

    private init(layout: UInt8, bytes: UnsafeBufferPointer<UInt8>) {
        self.layout = layout
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

    /// Returns nil for damaged bytes and `.some(nil)` for an absent field.
    mutating func optional<T>(_ read: (inout FieldReader) -> T?) -> T?? {
        switch integer(UInt8.self) {
        case 0: .some(nil)
        case 1: read(&self).map { .some($0) }
        default: nil
        }
    }

    /// Passes over a text; false for damaged bytes.
    mutating func skipText() -> Bool { takeText() != nil }

    /// Passes over a text that may be absent; false for damaged bytes.
    mutating func skipOptionalText() -> Bool { optional { $0.takeText() } != nil }

    private mutating func takeText() -> UnsafeBufferPointer<UInt8>? {
        integer(UInt32.self).flatMap { take(Int($0)) }
    }

    private mutating func take(_ count: Int) -> UnsafeBufferPointer<UInt8>? {
        guard count <= bytes.count - position else { return nil }
        defer { position += count }
        return UnsafeBufferPointer(rebasing: bytes[position..<position + count])
    }
}
