extension Format {
    /// A mailbox: RFC 5321 §4.1.2, with a domain of letters, digits and hyphens or an address in brackets, at most 64
    /// bytes before and 253 after the `@`.
    package static let email = Format(name: "email") { isMailbox($0, international: false) }

    /// A mailbox whose name and domain may have characters beyond ASCII: RFC 6531 §3.3. Whether its domain is one of
    /// IDNA is left to `idn-hostname`.
    package static let idnEmail = Format(name: "idn-email") { isMailbox($0, international: true) }

    private static func isMailbox(_ text: UnsafeBufferPointer<UInt8>, international: Bool) -> Bool {
        guard let at = text.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let (local, domain) = (text[..<at], text[(at + 1)...])
        guard (1...64).contains(local.count), (1...253).contains(domain.count) else { return false }
        let isQuoted = local.first == UInt8(ascii: "\"")
        guard isQuoted ? isQuotedString(local, international) : isDotString(local, international) else { return false }
        return domain.first == UInt8(ascii: "[") ? isAddressLiteral(domain) : isDomain(domain, international)
    }

    private static let atomCharacters = ASCIISet.alphanumeric.union("!#$%&'*+-/=?^_`{|}~")
    private static let labelCharacters = ASCIISet.alphanumeric.union("-")

    private static func isDotString(_ part: Part, _ international: Bool) -> Bool {
        let allowed = atomCharacters
        var isAtomEmpty = true
        for byte in part {
            if byte == UInt8(ascii: ".") {
                if isAtomEmpty { return false }
                isAtomEmpty = true
            } else {
                guard allowed.contains(byte) || (international && byte >= 0x80) else { return false }
                isAtomEmpty = false
            }
        }
        return !isAtomEmpty
    }

    private static func isQuotedString(_ part: Part, _ international: Bool) -> Bool {
        guard part.count >= 2, part.last == UInt8(ascii: "\"") else { return false }
        var isEscaped = false
        for byte in part.dropFirst().dropLast() {
            guard (0x20...0x7E).contains(byte) || (international && byte >= 0x80 && !isEscaped) else { return false }
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                return false
            }
        }
        return !isEscaped
    }

    /// Labels of letters, digits and hyphens between dots: RFC 1123 §2.1.
    static func isDomain(_ part: Part, _ international: Bool) -> Bool {
        let allowed = labelCharacters
        var (labelCount, last) = (0, UInt8(ascii: "."))
        for byte in part {
            if byte == UInt8(ascii: ".") {
                guard (1...63).contains(labelCount), last != UInt8(ascii: "-") else { return false }
                labelCount = 0
            } else {
                guard allowed.contains(byte) || (international && byte >= 0x80) else { return false }
                if labelCount == 0, byte == UInt8(ascii: "-") { return false }
                labelCount += 1
            }
            last = byte
        }
        return (1...63).contains(labelCount) && last != UInt8(ascii: "-")
    }

    /// `[127.0.0.1]` or `[IPv6:::1]`.
    private static func isAddressLiteral(_ part: Part) -> Bool {
        guard part.last == UInt8(ascii: "]") else { return false }
        let address = part.dropFirst().dropLast()
        if address.starts(with: "IPv6:".utf8) { return isIPv6(address.dropFirst(5)) }
        return isIPv4(address)
    }
}
