extension Format {
    /// A host name in ASCII of at most 253 bytes (RFC 1123 §2.1). A-labels must conform to IDNA 2008 (RFC 5891).
    public static let hostname = Format(name: "hostname", accepted: "a host name in ASCII, as www.example.com") {
        text in
        guard text.count <= 253, isDomain(text[...], false) else { return false }
        let mayBeEncoded = zip(text, text.dropFirst()).contains { $0 == UInt8(ascii: "-") && $1 == UInt8(ascii: "-") }
        return !mayBeEncoded || isHostName(text, isInternational: false)
    }

    /// A host name with characters beyond ASCII (RFC 5890 §2.3.2.3).
    public static let idnHostname = Format(
        name: "idn-hostname", accepted: "a host name, also beyond ASCII, as café.example"
    ) { isHostName($0, isInternational: true) }

    /// The full stops that separate labels (RFC 3490 §3.1).
    private static let separators: [Unicode.Scalar] = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]

    private static func isHostName(_ text: UnsafeBufferPointer<UInt8>, isInternational: Bool) -> Bool {
        // A name has at most as many scalars as bytes in its ASCII form, and a scalar has at most four bytes.
        guard text.count <= 4 * 253 else { return false }
        let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
        let parts = scalars.split(omittingEmptySubsequences: false, whereSeparator: separators.contains)
        let labels = parts.compactMap { HostLabel(Array($0), isInternational: isInternational) }
        let asciiCount = labels.reduce(labels.count - 1) { $0 + $1.asciiCount }
        return labels.count == parts.count && asciiCount <= 253 && Bidi.allows(labels.map(\.scalars))
    }
}

/// A label of a host name. An A-label (`xn--…`) is decoded (RFC 5890 §2.3.2.1).
struct HostLabel {
    let scalars: [Unicode.Scalar]
    /// The length in ASCII form, in bytes.
    let asciiCount: Int

    private static let hyphen: Unicode.Scalar = "-"
    private static let characters = ASCIISet.alphanumeric.union("-")

    /// Checks a label; nil if the label is invalid. Labels beyond ASCII must conform to IDNA 2008 (RFC 5891 §5.4).
    ///
    /// Labels beyond ASCII must be A-labels unless `isInternational` is set.
    init?(_ scalars: [Unicode.Scalar], isInternational: Bool) {
        guard (1...63).contains(scalars.count), scalars.first != Self.hyphen, scalars.last != Self.hyphen else {
            return nil
        }
        let hasReservedHyphens = Self.hasReservedHyphens(scalars)
        guard scalars.allSatisfy(\.isASCII) else {
            guard isInternational, !hasReservedHyphens, IDNA.allows(scalars) else { return nil }
            guard let encoded = Punycode.encoded(scalars), encoded.count <= 59 else { return nil }
            self.scalars = scalars
            asciiCount = encoded.count + 4
            return
        }
        let bytes = scalars.map { UInt8($0.value) }
        guard bytes.allSatisfy(Self.characters.contains) else { return nil }
        asciiCount = bytes.count
        guard hasReservedHyphens else {
            self.scalars = scalars
            return
        }
        let lowercase = bytes.map { ASCIISet.letters.contains($0) ? $0 | 0x20 : $0 }
        guard lowercase.starts(with: "xn".utf8) else {
            if isInternational { return nil }
            self.scalars = scalars
            return
        }
        let encoded = Array(lowercase.dropFirst(4))
        guard let decoded = Punycode.decoded(encoded), !decoded.allSatisfy(\.isASCII),
            !Self.hasReservedHyphens(decoded),
            decoded.first != Self.hyphen, decoded.last != Self.hyphen, Punycode.encoded(decoded) == encoded,
            IDNA.allows(decoded)
        else { return nil }
        self.scalars = decoded
    }

    /// Whether the third and fourth characters are hyphens, as in A-labels.
    private static func hasReservedHyphens(_ scalars: [Unicode.Scalar]) -> Bool {
        scalars.count >= 4 && scalars[2] == hyphen && scalars[3] == hyphen
    }
}
