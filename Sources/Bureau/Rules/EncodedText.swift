import Encodings

/// A text as a browser or a reader of mail may show it: percent-encoded and quoted-printable bytes (RFC 3986 §2.1, RFC
/// 2045 §6.7) and character references (HTML §13.2.5.72) become what they stand for, also what only decoding makes.
enum EncodedText {
    /// The bytes that codes and tags begin with.
    private static let starts: Set<UInt8> = Set("%=&<".utf8)
    /// How often references are looked for among what decoding has made.
    private static let mostPasses = 32

    /// The names of references to what codes, tags and digits are made of. Any other name counts as a space, because
    /// most stand for punctuation, and nobody names letters between digits.
    private static let named: [String: String] = [
        "amp": "&", "AMP": "&", "percnt": "%", "equals": "=", "num": "#", "semi": ";", "lt": "<", "LT": "<", "gt": ">",
        "GT": ">", "sol": "/", "excl": "!", "quest": "?", "sup1": "1", "sup2": "2", "sup3": "3",
    ]
    /// The names that browsers take without a semicolon and that may stand between digits.
    private static let bareNames = ["amp", "lt", "gt", "nbsp", "shy", "middot", "sup1", "sup2", "sup3"]

    /// Whether a text can have anything to decode, or a tag.
    static func mayBe(_ text: String) -> Bool { text.utf8.contains { starts.contains($0) } }

    /// What a text may be read as, without its tags. Digits behind a `%` or `=` may stand for themselves, so that each
    /// sign is read both ways.
    static func readings(of text: String) -> [String] {
        ["%=", "%", "=", ""].map { signs in
            var bytes = Array(text.utf8)
            for _ in 0..<mostPasses {
                let decoded = withoutReferences(withoutEscapes(bytes, Set(signs.utf8)))
                if decoded == bytes { break }
                bytes = decoded
            }
            return withoutTags(bytes)
        }
    }

    /// Decodes bytes that are written as one of the signs and two hexadecimal digits, in one pass: what completes such
    /// a code at the end of what was decoded so far replaces it.
    private static func withoutEscapes(_ text: [UInt8], _ signs: Set<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        for byte in text {
            decoded.append(byte)
            while decoded.count >= 3, signs.contains(decoded[decoded.count - 3]),
                let value = number(decoded.suffix(2), radix: 16)
            {
                decoded.removeLast(3)
                decoded.append(UInt8(truncatingIfNeeded: value))
            }
        }
        return decoded
    }

    private static func withoutReferences(_ text: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = text[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "&"), let (count, meaning) = reference(rest.dropFirst()) {
                decoded += meaning
                rest = rest.dropFirst(1 + count)
            } else {
                decoded.append(rest.removeFirst())
            }
        }
        return decoded
    }

    /// The reference behind an `&`: how many bytes it has, and what it stands for. The last semicolon may be missing.
    private static func reference(_ text: ArraySlice<UInt8>) -> (count: Int, meaning: [UInt8])? {
        guard text.first == UInt8(ascii: "#") else {
            let name = text.prefix { $0.isLetter || $0.isDigit }
            guard name.first?.isLetter == true else { return nil }
            if text.dropFirst(name.count).first == UInt8(ascii: ";") {
                return (name.count + 1, meaning(of: String(decoding: name, as: UTF8.self)))
            }
            return bareNames.first { name.starts(with: $0.utf8) }.map { ($0.utf8.count, meaning(of: $0)) }
        }
        let isHexadecimal = text.dropFirst().first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
        let start = isHexadecimal ? 2 : 1
        let digits = text.dropFirst(start).prefix { isHexadecimal ? Hexadecimal.value(of: $0) != nil : $0.isDigit }
        let scalar = number(digits, radix: isHexadecimal ? 16 : 10).flatMap { UInt32(exactly: $0) }
            .flatMap(Unicode.Scalar.init)
        let isEnded = text.dropFirst(start + digits.count).first == UInt8(ascii: ";")
        return scalar.map { (start + digits.count + (isEnded ? 1 : 0), Array(String($0).utf8)) }
    }

    private static func meaning(of name: String) -> [UInt8] { Array(named[name, default: " "].utf8) }

    private static func number(_ digits: ArraySlice<UInt8>, radix: UInt64) -> UInt64? {
        if digits.isEmpty { return nil }
        return digits.reduce(0 as UInt64?) { number, byte in
            // No character has a number above this.
            guard let number, number <= UInt32.max, let digit = Hexadecimal.value(of: byte), digit < radix else {
                return nil
            }
            return number * radix + UInt64(digit)
        }
    }

    /// Leaves out tags and comments (HTML §13.2.5.6), of which nothing is shown.
    private static func withoutTags(_ text: [UInt8]) -> String {
        var shown: [UInt8] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "<")),
            let end = rest[start...].firstIndex(of: UInt8(ascii: ">"))
        {
            let name = rest[start...].dropFirst().first
            let isTag = name.map { $0.isLetter || "/!?".utf8.contains($0) } ?? false
            shown += rest[..<(isTag ? start : start + 1)]
            rest = rest[(isTag ? end + 1 : start + 1)...]
        }
        return String(decoding: shown + rest, as: UTF8.self)
    }
}
