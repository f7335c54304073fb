/// A label of a host name as people write it, its A-label (`xn--…`) decoded: RFC 5890 §2.3.2.1.
struct HostLabel {
    let scalars: [Unicode.Scalar]
    /// Its bytes in a name of ASCII only.
    let asciiCount: Int

    private static let hyphen: Unicode.Scalar = "-"
    private static let characters = ASCIISet.alphanumeric.union("-")

    /// Checks a label. One beyond ASCII, or encoded, must be allowed by IDNA 2008 (RFC 5891 §5.4); `isInternational`
    /// says whether labels beyond ASCII may be written as they are.
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

    /// Hyphens in the third and fourth place, which only A-labels have.
    private static func hasReservedHyphens(_ scalars: [Unicode.Scalar]) -> Bool {
        scalars.count >= 4 && scalars[2] == hyphen && scalars[3] == hyphen
    }
}
