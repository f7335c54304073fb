/// A field of a CSV record: bytes that are valid until the reader goes on.
public struct CSVField {
    public let bytes: UnsafeRawBufferPointer

    public init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Whether the field stands for no value: empty, or one of NA, N/A, NaN, nan, null and NULL.
    @inline(__always)
    public var isMissing: Bool {
        switch bytes.count {
        case 0: true
        case 2...4: bytes[0] | 0x20 == UInt8(ascii: "n") && isMissingWord
        default: false
        }
    }

    private var isMissingWord: Bool {
        for word: StaticString in ["NA", "N/A", "NaN", "nan", "null", "NULL"]
        where word.utf8CodeUnitCount == bytes.count {
            let expected = UnsafeRawBufferPointer(start: word.utf8Start, count: bytes.count)
            if bytes.elementsEqual(expected) { return true }
        }
        return false
    }

    /// The number that the field is, correctly rounded: digits with an optional sign, point and exponent, and spaces
    /// around them; nil when it is none, or beyond the range of a `Double`.
    @inline(__always)
    public var number: Double? { DecimalText.double(bytes) }

    /// The field as a text; bytes that are no UTF-8 become U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
