import Patterns

extension Format {
    /// A host name of ASCII only: RFC 1123 §2.1, at most 253 bytes; its A-labels must be those of IDNA 2008 (RFC 5891).
    package static let hostname = Format(name: "hostname") { text in
        guard text.count <= 253, isDomain(text[...], false) else { return false }
        let mayBeEncoded = zip(text, text.dropFirst()).contains { $0 == UInt8(ascii: "-") && $1 == UInt8(ascii: "-") }
        return !mayBeEncoded || isHostName(text, isInternational: false)
    }

    /// A host name that may have characters beyond ASCII: RFC 5890 §2.3.2.3. The other full stops of RFC 3490 §3.1
    /// separate labels too.
    package static let idnHostname = Format(name: "idn-hostname") { isHostName($0, isInternational: true) }

    private static let separators: [Unicode.Scalar] = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]

    private static func isHostName(_ text: UnsafeBufferPointer<UInt8>, isInternational: Bool) -> Bool {
        // No name has more scalars than bytes in its ASCII form, nor a scalar more than four bytes.
        guard text.count <= 4 * 253 else { return false }
        var scalars: [Unicode.Scalar] = []
        var position = 0
        while position < text.count {
            guard let scalar = Unicode.Scalar(UTF8Text(text).takeScalar(after: &position)) else { return false }
            scalars.append(scalar)
        }
        var labels: [HostLabel] = []
        for part in scalars.split(omittingEmptySubsequences: false, whereSeparator: separators.contains) {
            guard let label = HostLabel(Array(part), isInternational: isInternational) else { return false }
            labels.append(label)
        }
        let asciiCount = labels.reduce(labels.count - 1) { $0 + $1.asciiCount }
        return asciiCount <= 253 && Bidi.allows(labels.map(\.scalars))
    }
}
