extension Format {
    /// A UUID in its text form, of either case: RFC 9562 §4.
    package static let uuid = Format(name: "uuid") { text in
        guard text.count == 36 else { return false }
        let digits = ASCIISet.hexadecimal
        return text.indices.allSatisfy { index in
            switch index {
            case 8, 13, 18, 23: text[index] == UInt8(ascii: "-")
            default: digits.contains(text[index])
            }
        }
    }
}
