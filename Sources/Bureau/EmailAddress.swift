/// A mailbox of RFC 5321 §4.1.2 in the subset in use: a dot-string, `@` and a domain name of two labels or more, all
/// in ASCII.
///
/// At most 254 bytes, of them 64 before the `@` (§4.5.3.1). Quoted local parts, address literals and
/// internationalised addresses (RFC 6531) are refused. The text is kept as given: only its receiver knows whether
/// case matters before the `@`.
package struct EmailAddress: TextValue, PersonalValue {
    /// The address as it was given.
    package let text: String

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count <= 254, let at = text.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        guard Self.isDotString(text[..<at]), Self.isDomain(text[(at + 1)...]) else { return nil }
        self.text = String(decoding: text, as: UTF8.self)
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var text = text
        return text.withUTF8(body)
    }

    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    private static func isDotString(_ bytes: Bytes) -> Bool {
        guard bytes.count <= 64 else { return false }
        let atoms = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomCharacter) }
    }

    private static func isDomain(_ bytes: Bytes) -> Bool {
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let top = labels.last else { return false }
        // A last label of digits only would be the end of an IP address, never a top-level domain (RFC 3696 §2).
        return labels.allSatisfy(isLabel) && !top.allSatisfy(isDigit)
    }

    private static func isLabel(_ bytes: Bytes) -> Bool {
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-")
        else { return false }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// `atext` of RFC 5322 §3.2.3.
    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
