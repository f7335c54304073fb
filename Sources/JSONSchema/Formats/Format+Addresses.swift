extension Format {
    /// An IPv4 address without leading zeros: dotted-quad of RFC 2673 §3.2.
    public static let ipv4 = Format(name: "ipv4", accepted: "four numbers from 0 to 255, as 192.0.2.1") {
        isIPv4($0[...])
    }

    /// An IPv6 address without a zone (RFC 4291 §2.2).
    public static let ipv6 = Format(name: "ipv6", accepted: "an IPv6 address without a zone, as 2001:db8::1") {
        isIPv6($0[...])
    }

    static func isIPv4(_ part: Part) -> Bool {
        guard (7...15).contains(part.count) else { return false }
        let numbers = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return numbers.count == 4
            && numbers.allSatisfy { digits in
                (1...3).contains(digits.count) && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
                    && digits.allSatisfy(ASCIISet.digits.contains)
                    && digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) } <= 255
            }
    }

    /// Whether a text has eight groups, or fewer with one `::`. The last two groups may be an IPv4 address.
    static func isIPv6(_ part: Part) -> Bool {
        guard (2...45).contains(part.count) else { return false }
        var groups = part.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard groups.count >= 3 else { return false }
        // A colon at either end must be part of a `::`.
        if groups[0].isEmpty {
            groups.removeFirst()
            guard groups[0].isEmpty else { return false }
        }
        if groups.count > 1, groups[groups.count - 1].isEmpty {
            groups.removeLast()
            guard groups[groups.count - 1].isEmpty else { return false }
        }
        var count = groups.count
        if let last = groups.last, last.contains(UInt8(ascii: ".")) {
            guard isIPv4(last) else { return false }
            groups.removeLast()
            count += 1
        }
        let gaps = groups.count { $0.isEmpty }
        let areGroups = groups.allSatisfy { $0.count <= 4 && $0.allSatisfy(ASCIISet.hexadecimal.contains) }
        return areGroups && (gaps == 0 ? count == 8 : gaps == 1 && count <= 8)
    }

    /// A mailbox (RFC 5321 §4.1.2) with at most 64 bytes before and 253 bytes after the `@`.
    public static let email = Format(name: "email", accepted: "a mailbox in ASCII, as ana@example.com") {
        isMailbox($0, international: false)
    }

    /// A mailbox with characters beyond ASCII (RFC 6531 §3.3). Only `idn-hostname` checks domains for IDNA.
    public static let idnEmail = Format(
        name: "idn-email", accepted: "a mailbox, also beyond ASCII, as josé@café.example"
    ) { isMailbox($0, international: true) }

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
        let (allowed, dot) = (atomCharacters, UInt8(ascii: "."))
        let hasEmptyAtom =
            part.first == dot || part.last == dot || zip(part, part.dropFirst()).contains { $0 == dot && $1 == dot }
        return !hasEmptyAtom && part.allSatisfy { $0 == dot || allowed.contains($0) || international && $0 >= 0x80 }
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

    /// Whether a text consists of labels of letters, digits and hyphens (RFC 1123 §2.1).
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

    /// Whether a text is an address in brackets such as `[127.0.0.1]` or `[IPv6:::1]`.
    private static func isAddressLiteral(_ part: Part) -> Bool {
        guard part.last == UInt8(ascii: "]") else { return false }
        let address = part.dropFirst().dropLast()
        if address.starts(with: "IPv6:".utf8) { return isIPv6(address.dropFirst(5)) }
        return isIPv4(address)
    }
}
