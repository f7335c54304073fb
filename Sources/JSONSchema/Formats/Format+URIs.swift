extension Format {
    /// A URI with a scheme (RFC 3986 §3).
    public static let uri = Format(name: "uri", accepted: "a URI with its scheme, as https://example.com/a") {
        isReference($0, hasScheme: true)
    }

    /// A URI or a relative reference (RFC 3986 §4.1).
    public static let uriReference = Format(
        name: "uri-reference", accepted: "a URI, or a reference relative to one, as ../a?b#c"
    ) { isReference($0) }

    /// A URI with characters beyond ASCII (RFC 3987 §2.2).
    public static let iri = Format(name: "iri", accepted: "an IRI with its scheme, as https://example.com/é") {
        isReference($0, hasScheme: true, isInternational: true)
    }

    /// An IRI or a relative reference (RFC 3987 §2.2).
    public static let iriReference = Format(
        name: "iri-reference", accepted: "an IRI, or a reference relative to one, as ../é"
    ) { isReference($0, isInternational: true) }

    private static let schemeCharacters = ASCIISet.alphanumeric.union("+-.")
    private static let registeredName = ASCIISet.alphanumeric.union("-._~!$&'()*+,;=")
    private static let userInformation = registeredName.union(":")
    private static let path = registeredName.union(":@/")
    private static let query = path.union("?")

    /// Splits a reference at the delimiters of its parts, and checks each part (RFC 3986 Appendix B).
    private static func isReference(
        _ text: UnsafeBufferPointer<UInt8>, hasScheme: Bool = false, isInternational: Bool = false
    ) -> Bool {
        let beyond = isInternational ? characters : []
        var rest = text[...]
        if let colon = rest.firstIndex(where: { ":/?#".utf8.contains($0) }), rest[colon] == UInt8(ascii: ":") {
            let scheme = rest[..<colon]
            guard let first = scheme.first, ASCIISet.letters.contains(first),
                scheme.allSatisfy(schemeCharacters.contains)
            else { return false }
            rest = rest[(colon + 1)...]
        } else if hasScheme {
            return false
        }
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard consists(rest[(hash + 1)...], of: query, beyond) else { return false }
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            let allowed = isInternational ? charactersAndPrivateUse : []
            guard consists(rest[(mark + 1)...], of: query, allowed) else { return false }
            rest = rest[..<mark]
        }
        if rest.starts(with: "//".utf8) {
            let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
            guard isAuthority(authority, beyond) else { return false }
            rest = rest[authority.endIndex...]
        }
        return consists(rest, of: path, beyond)
    }

    /// Whether a text is `user@host:port`, where the host may be an address in brackets (RFC 3986 §3.2).
    private static func isAuthority(_ part: Part, _ beyond: [ClosedRange<UInt32>]) -> Bool {
        var rest = part
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            guard consists(rest[..<at], of: userInformation, beyond) else { return false }
            rest = rest[(at + 1)...]
        }
        if rest.first == UInt8(ascii: "[") {
            guard let bracket = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = rest[(rest.startIndex + 1)..<bracket]
            guard isIPv6(address) || isFutureAddress(address) else { return false }
            rest = rest[(bracket + 1)...]
            if !rest.isEmpty, rest.first != UInt8(ascii: ":") { return false }
        } else {
            let host = rest.prefix { $0 != UInt8(ascii: ":") }
            guard consists(host, of: registeredName, beyond) else { return false }
            rest = rest[host.endIndex...]
        }
        return rest.dropFirst().allSatisfy(ASCIISet.digits.contains)
    }

    /// Whether a text is an address such as `v1.text`: IPvFuture of RFC 3986 §3.2.2.
    private static func isFutureAddress(_ part: Part) -> Bool {
        guard let first = part.first, first | 0x20 == UInt8(ascii: "v") else { return false }
        let version = part.dropFirst().prefix(while: ASCIISet.hexadecimal.contains)
        let rest = part[version.endIndex...]
        return !version.isEmpty && rest.first == UInt8(ascii: ".") && rest.count > 1
            && rest.dropFirst().allSatisfy(userInformation.contains)
    }
}

extension Format {
    /// The characters beyond ASCII that a part of an IRI may have: ucschar of RFC 3987 §2.2.
    private static let characters: [ClosedRange<UInt32>] =
        [0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF]
        + (1...13).map { $0 << 16...($0 << 16 + 0xFFFD) } + [0xE1000...0xEFFFD]

    /// The characters of ``characters``, and those of iprivate.
    private static let charactersAndPrivateUse = characters + [0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD]

    /// Whether a part has only ASCII characters of a set, percent-encoded bytes and characters in `ranges`.
    private static func consists(_ part: Part, of set: ASCIISet, _ ranges: [ClosedRange<UInt32>]) -> Bool {
        var scanner = FormatScanner(UnsafeBufferPointer(rebasing: part))
        while scanner.takesCharacters(of: set, or: ranges) {}
        return scanner.isAtEnd
    }

    /// A URI template of any level (RFC 6570 §2). An apostrophe is a literal by erratum 6937.
    public static let uriTemplate = Format(
        "uri-template", accepted: "a URI template of RFC 6570, as https://example.com/{id}"
    ) { scanner in
        while !scanner.isAtEnd {
            let isNext =
                scanner.takes("{")
                ? scanner.takesExpression() : scanner.takesCharacters(of: literals, or: charactersAndPrivateUse)
            guard isNext else { return false }
        }
        return true
    }

    private static let literals = ASCIISet.alphanumeric.union("!#$&'()*+,-./:;=?@[]_~")
}

extension FormatScanner {
    private static let operators: [Unicode.Scalar] = ["+", "#", ".", "/", ";", "?", "&", "=", ",", "!", "@", "|"]
    private static let variableCharacters = ASCIISet.alphanumeric.union("_")

    /// Consumes the rest of an expression after `{`.
    fileprivate mutating func takesExpression() -> Bool {
        _ = Self.operators.contains { takes($0) }
        repeat {
            guard takesVariable() else { return false }
        } while takes(",")
        return takes("}")
    }

    /// Consumes a variable with its modifier (RFC 6570 §2.3, §2.4).
    private mutating func takesVariable() -> Bool {
        repeat {
            guard takesCharacters(of: Self.variableCharacters) else { return false }
            while takesCharacters(of: Self.variableCharacters) {}
        } while takes(".")
        if takes("*") || !takes(":") { return true }
        return !takes("0") && (1...4).contains(takeRun(of: .digits))
    }
}
