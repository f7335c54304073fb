extension Format {
    /// An IPv4 address of four decimal numbers without leading zeros: dotted-quad of RFC 2673 §3.2.
    package static let ipv4 = Format(name: "ipv4") { isIPv4($0[...]) }

    /// An IPv6 address without a zone: RFC 4291 §2.2.
    package static let ipv6 = Format(name: "ipv6") { isIPv6($0[...]) }

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

    /// Eight groups, or fewer with one `::`; the last two may be written as an IPv4 address.
    static func isIPv6(_ part: Part) -> Bool {
        guard (2...45).contains(part.count) else { return false }
        var groups = part.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard groups.count >= 3 else { return false }
        // At either end a colon is half of the gap, or wrong.
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
}
