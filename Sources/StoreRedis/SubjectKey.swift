import Bureau
import Repositories

/// The names of a subject's keys: `creditd:{TOKEN}:latest`, `:history` and `:events`, with the token in base64url
/// without padding (RFC 4648 §5). The braces keep them in one slot of a cluster.
struct SubjectKey {
    static let tagByteCount = 43
    static let prefix: StaticString = "creditd:{"

    /// Lends the token's 43 characters.
    static func withTag<R>(of token: SubjectToken, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: tagByteCount) { tag in
            token.withBytes { write($0, to: tag) }
            return body(UnsafeBufferPointer(tag))
        }
    }

    /// Thirty bytes are ten groups of four characters; the last two make three.
    private static func write(_ bytes: UnsafeRawBufferPointer, to tag: UnsafeMutableBufferPointer<UInt8>) {
        alphabet.withUTF8Buffer { letters in
            func put(_ bits: UInt32, at place: Int) { tag[place] = letters[Int(bits & 63)] }
            for group in 0..<10 {
                let bits =
                    UInt32(bytes[3 * group]) << 16 | UInt32(bytes[3 * group + 1]) << 8 | UInt32(bytes[3 * group + 2])
                put(bits >> 18, at: 4 * group)
                put(bits >> 12, at: 4 * group + 1)
                put(bits >> 6, at: 4 * group + 2)
                put(bits, at: 4 * group + 3)
            }
            let rest = UInt32(bytes[30]) << 10 | UInt32(bytes[31]) << 2
            put(rest >> 12, at: 40)
            put(rest >> 6, at: 41)
            put(rest, at: 42)
        }
    }

    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
}
