/// A place in memory to which UTF-8 is appended.
struct UTF8Target {
    private let start: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    init(start: UnsafeMutablePointer<UInt8>) {
        self.start = start
    }

    mutating func append(_ byte: UInt8) {
        (start + count).initialize(to: byte)
        count += 1
    }

    /// Appends one Unicode scalar value (RFC 3629 §3).
    mutating func append(scalar: UInt32) {
        func continuation(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift) & 0x3F) }
        switch scalar {
        case ..<0x80:
            append(UInt8(scalar))
        case ..<0x800:
            append(UInt8(0xC0 | scalar >> 6))
            append(continuation(0))
        case ..<0x1_0000:
            append(UInt8(0xE0 | scalar >> 12))
            append(continuation(6))
            append(continuation(0))
        default:
            append(UInt8(0xF0 | scalar >> 18))
            append(continuation(12))
            append(continuation(6))
            append(continuation(0))
        }
    }
}
