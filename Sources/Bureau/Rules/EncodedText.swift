import Encodings

/// A text as a browser may show it: percent-encoded bytes (RFC 3986 §2.1) and numeric character references (HTML
/// §13.2.5.75) become what they stand for, those that only decoding makes, too.
enum EncodedText {
    /// The longest reference that is looked for, with zeros before its digits; its number is below 2^64.
    private static let referenceBytes = 18

    /// Whether a text can have anything to decode.
    static func mayBe(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "&") }
    }

    /// Decodes in one pass: each byte that completes a code at the end of what was decoded so far replaces it.
    static func decoded(_ text: String) -> String {
        var decoded: [UInt8] = []
        for byte in text.utf8 {
            decoded.append(byte)
            while let code = code(atEndOf: decoded) {
                decoded.removeLast(code.count)
                decoded += code.bytes
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The code that a text ends with: how many bytes it has, and what it stands for.
    private static func code(atEndOf text: [UInt8]) -> (count: Int, bytes: [UInt8])? {
        let end = text.suffix(3)
        if end.first == UInt8(ascii: "%"), let byte = number(end.dropFirst(), radix: 16), end.count == 3 {
            return (3, [UInt8(truncatingIfNeeded: byte)])
        }
        guard text.last == UInt8(ascii: ";"),
            let start = text.suffix(referenceBytes).lastIndex(of: UInt8(ascii: "&")),
            text[(start + 1)...].first == UInt8(ascii: "#")
        else { return nil }
        let digits = text[(start + 2)...].dropLast()
        let isHexadecimal = digits.first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
        guard let value = number(isHexadecimal ? digits.dropFirst() : digits, radix: isHexadecimal ? 16 : 10),
            let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init)
        else { return nil }
        return (text.count - start, Array(String(scalar).utf8))
    }

    private static func number(_ digits: ArraySlice<UInt8>, radix: UInt64) -> UInt64? {
        if digits.isEmpty { return nil }
        return digits.reduce(0 as UInt64?) { number, byte in
            guard let number, let digit = Hexadecimal.value(of: byte), digit < radix else { return nil }
            return number * radix + UInt64(digit)
        }
    }
}
