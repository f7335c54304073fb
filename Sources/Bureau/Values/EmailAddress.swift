/// A mailbox of RFC 5321 §4.1.2 or RFC 6531 §3.3: a dot-string, `@` and a domain name of two labels or more.
///
/// At most 254 octets, of them 64 before the `@` (RFC 5321 §4.5.3.1). Quoted local parts and address literals are
/// refused. Beyond ASCII, the local part and the labels are of visible characters without white space; whether a label
/// is a U-label (RFC 5890 §2.3.2.1) is not judged here. The text is kept, because only the receiver knows whether case
/// and normalisation matter.
public struct EmailAddress: StoredTextValue, PersonalValue {
    /// The address as it was given.
    public let text: String

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count <= 254, let at = text.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        guard Self.isDotString(text[..<at]), Self.isDomain(text[(at + 1)...]) else { return nil }
        self.text = String(decoding: text, as: UTF8.self)
    }

    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    private static func isDotString(_ bytes: Bytes) -> Bool {
        guard bytes.count <= 64 else { return false }
        let atoms = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy { isAtomCharacter($0) || $0 >= 0x80 } && isVisible($0) }
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
        return bytes.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 >= 0x80 }
            && isVisible(bytes)
    }

    /// Whether the characters beyond ASCII are visible and no white space; a mark needs a character before it.
    private static func isVisible(_ bytes: Bytes) -> Bool {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return true }
        let text = UnsafeBufferPointer(rebasing: bytes)
        guard PlainText.accepts(text) else { return false }
        return !String(decoding: text, as: UTF8.self).unicodeScalars.contains { $0.properties.isWhitespace }
    }

    /// `atext` of RFC 5322 §3.2.3.
    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
}
