import Bureau

/// Writes the fields of a value one behind the other, as they lie inside a sealed value.
///
/// The first byte tells the layout, so that a later one can be told apart. Integers are big-endian, texts have their
/// length in UTF-8 bytes before them, and what may be absent has a byte 0 or 1 before it.
struct FieldWriter {
    static let layout: UInt8 = 1

    private(set) var bytes: [UInt8] = [layout]

    init() {
        bytes.reserveCapacity(192)
    }

    mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            integer(UInt32(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func text(_ value: some TextValue) {
        value.withText { utf8 in
            integer(UInt32(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func optional<T>(_ value: T?, _ write: (inout FieldWriter, T) -> Void) {
        bytes.append(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }
}
