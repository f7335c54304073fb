extension Format {
    /// A UUID in its text form, of either case: RFC 9562 §4.
    package static let uuid = Format(name: "uuid") { text in
        guard text.count == 36 else { return false }
        return text.enumerated().allSatisfy { index, byte in
            switch index {
            case 8, 13, 18, 23: byte == UInt8(ascii: "-")
            default: Unicode.Scalar(byte).properties.isASCIIHexDigit
            }
        }
    }
}
