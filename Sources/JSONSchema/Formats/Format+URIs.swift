extension Format {
    /// A URI with its scheme: RFC 3986 §3.
    package static let uri = Format(name: "uri") { isReference($0, hasScheme: true, isInternational: false) }

    /// A URI or a relative reference: RFC 3986 §4.1.
    package static let uriReference = Format(name: "uri-reference") {
        isReference($0, hasScheme: false, isInternational: false)
    }

    /// A URI that may have characters beyond ASCII: RFC 3987 §2.2.
    package static let iri = Format(name: "iri") { isReference($0, hasScheme: true, isInternational: true) }

    /// An IRI or a relative reference: RFC 3987 §2.2.
    package static let iriReference = Format(name: "iri-reference") {
        isReference($0, hasScheme: false, isInternational: true)
    }

    private static let schemeCharacters = ASCIISet.alphanumeric.union("+-.")
    private static let registeredName = ASCIISet.alphanumeric.union("-._~!$&'()*+,;=")
    private static let userInformation = registeredName.union(":")
    private static let path = registeredName.union(":@/")
    private static let query = path.union("?")

    /// The parts are told apart by the first of the marks that end them: RFC 3986 Appendix B.
    private static func isReference(
        _ text: UnsafeBufferPointer<UInt8>, hasScheme: Bool, isInternational: Bool
    ) -> Bool {
        var rest = text[...]
        if let colon = rest.firstIndex(where: { ":/?#".utf8.contains($0) }), rest[colon] == UInt8(ascii: ":") {
            guard isScheme(rest[..<colon]) else { return false }
            rest = rest[(colon + 1)...]
        } else if hasScheme {
            return false
        }
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard consists(rest[(hash + 1)...], of: query, isInternational ? .characters : .none) else { return false }
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            let allowed: Beyond = isInternational ? .charactersAndPrivateUse : .none
            guard consists(rest[(mark + 1)...], of: query, allowed) else { return false }
            rest = rest[..<mark]
        }
        if rest.starts(with: "//".utf8) {
            let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
            guard isAuthority(authority, isInternational ? .characters : .none) else { return false }
            rest = rest[authority.endIndex...]
        }
        return consists(rest, of: path, isInternational ? .characters : .none)
    }

    private static func isScheme(_ part: Part) -> Bool {
        part.first.map(ASCIISet.letters.contains) == true && part.allSatisfy(schemeCharacters.contains)
    }

    /// RFC 3986 §3.2: `user@host:port`, of which the host may be an address in brackets.
    private static func isAuthority(_ part: Part, _ beyond: Beyond) -> Bool {
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

    /// IPvFuture of RFC 3986 §3.2.2: `v1.text`.
    private static func isFutureAddress(_ part: Part) -> Bool {
        guard let first = part.first, first | 0x20 == UInt8(ascii: "v") else { return false }
        let version = part.dropFirst().prefix(while: ASCIISet.hexadecimal.contains)
        let rest = part[version.endIndex...]
        return !version.isEmpty && rest.first == UInt8(ascii: ".") && rest.count > 1
            && rest.dropFirst().allSatisfy(userInformation.contains)
    }
}
