/// The slot of a key in a Redis Cluster: CRC-16/XMODEM of the key, or of what is between its first braces (Redis
/// Cluster specification, "Key distribution model" and "Hash tags").
enum HashSlot {
    static let count = 16_384

    static func of(_ key: some Sequence<UInt8>) -> UInt16 {
        let bytes = Array(key)
        return bytes.withUnsafeBufferPointer { of(key: $0) }
    }

    static func of(key: UnsafeBufferPointer<UInt8>) -> UInt16 {
        if let open = key.firstIndex(of: UInt8(ascii: "{")),
            let close = key[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        {
            return of(tag: UnsafeBufferPointer(rebasing: key[(open + 1)..<close]))
        }
        return of(tag: key)
    }

    /// The slot of every key with this hash tag.
    static func of(tag: UnsafeBufferPointer<UInt8>) -> UInt16 {
        checksum(tag) & UInt16(count - 1)
    }

    static func checksum(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt16 {
        bytes.reduce(0) { sum, byte in sum << 8 ^ table[Int(UInt8(truncatingIfNeeded: sum >> 8) ^ byte)] }
    }

    /// The remainders of every byte by the polynomial x^16 + x^12 + x^5 + 1.
    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { sum, _ in sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
    }
}
