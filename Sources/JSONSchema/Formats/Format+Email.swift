extension Format {
    /// A mailbox: RFC 5321 §4.1.2, with a domain of letters, digits and hyphens or an address in brackets, at most 64
    /// bytes before and 253 after the `@`.
    package static let email = Format(name: "email") { text in
        guard let at = text.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let (local, domain) = (text[..<at], text[(at + 1)...])
        guard (1...64).contains(local.count), (1...253).contains(domain.count) else { return false }
        let isLocal = local.first == UInt8(ascii: "\"") ? isQuotedString(local) : isDotString(local)
        let isDomain = domain.first == UInt8(ascii: "[") ? isAddressLiteral(domain) : isHostName(domain)
        return isLocal && isDomain
    }

    private typealias Part = Slice<UnsafeBufferPointer<UInt8>>

    private static func isDotString(_ part: Part) -> Bool {
        part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    private static func isQuotedString(_ part: Part) -> Bool {
        guard part.count >= 2, part.last == UInt8(ascii: "\"") else { return false }
        var isEscaped = false
        for byte in part.dropFirst().dropLast() {
            guard (0x20...0x7E).contains(byte) else { return false }
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

    private static func isHostName(_ part: Part) -> Bool {
        part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    /// `[127.0.0.1]` or `[IPv6:::1]`.
    private static func isAddressLiteral(_ part: Part) -> Bool {
        guard part.last == UInt8(ascii: "]") else { return false }
        let address = part.dropFirst().dropLast()
        if address.starts(with: "IPv6:".utf8) { return isIPv6(address.dropFirst(5)) }
        return isIPv4(address)
    }

    private static func isIPv4(_ part: Part) -> Bool {
        let numbers = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return numbers.count == 4
            && numbers.allSatisfy { digits in
                (1...3).contains(digits.count) && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
                    && digits.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
                    && digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) } <= 255
            }
    }

    /// RFC 4291 §2.2: eight groups, or fewer with one `::`; the last two may be written as an IPv4 address.
    private static func isIPv6(_ part: Part) -> Bool {
        var groups = part.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard groups.count >= 3 else { return false }
        if groups.first?.isEmpty == true, groups[1].isEmpty { groups.removeFirst() }
        if groups.last?.isEmpty == true, groups[groups.count - 2].isEmpty { groups.removeLast() }
        var count = groups.count
        if let last = groups.last, last.contains(UInt8(ascii: ".")) {
            guard isIPv4(last) else { return false }
            groups.removeLast()
            count += 1
        }
        let gaps = groups.count { $0.isEmpty }
        let areGroups = groups.allSatisfy { $0.count <= 4 && $0.allSatisfy(isHexadecimal) }
        return areGroups && (gaps == 0 ? count == 8 : gaps == 1 && count <= 8)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
    }
}
