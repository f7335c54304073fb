/// Base64 (RFC 4648): the standard alphabet with padding (§4), and the alphabet of URLs without padding (§5).
public enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let urlAlphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    private static let padding = UInt8(ascii: "=")

    public static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Writes the text of `bytes` to `target`, which has room for ``encodedCount(_:)`` bytes.
    public static func encode(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<UInt8>) {
        let end = write(bytes, with: alphabet, to: target)
        for index in end..<encodedCount(bytes.count) { target[index] = padding }
    }

    /// The length of a text without padding.
    public static func unpaddedCount(_ count: Int) -> Int { (4 * count + 2) / 3 }

    /// Writes the base64url text of `bytes` without padding (RFC 4648 §5) to `target`, which has room for
    /// ``unpaddedCount(_:)`` bytes.
    public static func encodeForURL(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<UInt8>) {
        _ = write(bytes, with: urlAlphabet, to: target)
    }

    /// Writes a text without padding and returns its length.
    private static func write(
        _ bytes: UnsafeRawBufferPointer, with alphabet: StaticString, to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let letters = alphabet.utf8Start
        var (index, out) = (0, 0)
        // Six bytes are eight letters, written at once.
        while index + 8 <= bytes.count {
            let group = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            var text: UInt64 = 0
            for position in 0..<8 as Range<UInt64> {
                text |= UInt64(letters[Int(group >> (58 - 6 * position) & 63)]) << (8 * position)
            }
            UnsafeMutableRawPointer(target + out).storeBytes(of: text.littleEndian, as: UInt64.self)
            index += 6
            out += 8
        }
        while index + 2 < bytes.count {
            let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
            target[out] = letters[group >> 18]
            target[out + 1] = letters[group >> 12 & 63]
            target[out + 2] = letters[group >> 6 & 63]
            target[out + 3] = letters[group & 63]
            index += 3
            out += 4
        }
        let rest = bytes.count - index
        guard rest > 0 else { return out }
        let group = Int(bytes[index]) << 16 | (rest == 2 ? Int(bytes[index + 1]) << 8 : 0)
        target[out] = letters[group >> 18]
        target[out + 1] = letters[group >> 12 & 63]
        if rest == 2 { target[out + 2] = letters[group >> 6 & 63] }
        return out + rest + 1
    }

    /// Reads a whole text; nil unless ``encode(_:to:)`` writes exactly this text for some bytes.
    public static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        guard text.count > 0 else { return [] }
        let padded = text[text.count - 1] != padding ? 0 : text[text.count - 2] != padding ? 1 : 2
        let count = text.count / 4 * 3 - padded
        var isCanonical = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var (seen, out): (UInt8, Int) = (0, 0)
            for start in stride(from: 0, to: text.count, by: 4) {
                let isLast = start + 4 == text.count
                var group: UInt32 = 0
                for offset in 0..<4 {
                    let isPadding = isLast && offset >= 4 - padded
                    let value = isPadding ? 0 : values[Int(text[start + offset])]
                    seen |= value
                    group = group << 6 | UInt32(value & 63)
                }
                let used = isLast ? 3 - padded : 3
                for octet in 0..<used { buffer[out + octet] = UInt8(truncatingIfNeeded: group >> (16 - 8 * octet)) }
                if isLast, group & (1 << (8 * padded) - 1) != 0 { isCanonical = false }
                out += used
            }
            initialized = count
            if seen & invalid != 0 { isCanonical = false }
        }
        return isCanonical ? bytes : nil
    }

    private static let invalid: UInt8 = 0x80

    /// The value of each byte; ``invalid`` for a byte outside the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for index in 0..<64 { values[Int(alphabet.utf8Start[index])] = UInt8(index) }
        return values
    }()
}
