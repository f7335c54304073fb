/// A mailbox of RFC 5321 §4.1.2: a dot-string, `@` and a domain name of two labels or more, all in ASCII.
///
/// At most 254 bytes, of them 64 before the `@` (§4.5.3.1). Quoted local parts, address literals and internationalised
/// addresses (RFC 6531) are refused. The case is kept, because only the receiver knows whether it matters.
package struct EmailAddress: StoredTextValue, PersonalValue {
    /// The address as it was given.
    package let text: String

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count <= 254, let at = text.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        guard Self.isDotString(text[..<at]), Self.isDomain(text[(at + 1)...]) else { return nil }
        self.text = String(decoding: text, as: UTF8.self)
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
        // A last label of digits alone would end an IP address, because no top-level domain is numeric (RFC 3696 §2).
        return labels.allSatisfy(isLabel) && !top.allSatisfy(\.isDigit)
    }

    private static func isLabel(_ bytes: Bytes) -> Bool {
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-")
        else { return false }
        return bytes.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
    }

    /// `atext` of RFC 5322 §3.2.3.
    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
}
