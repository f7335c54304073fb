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

    private static func write(_ bytes: UnsafeRawBufferPointer, to tag: UnsafeMutableBufferPointer<UInt8>) {
        alphabet.withUTF8Buffer { letters in
            var pending: UInt32 = 0
            var bitCount: UInt32 = 0
            var place = 0
            for byte in bytes {
                pending = pending << 8 | UInt32(byte)
                bitCount += 8
                while bitCount >= 6 {
                    bitCount -= 6
                    tag[place] = letters[Int(pending >> bitCount & 63)]
                    place += 1
                }
            }
            tag[place] = letters[Int(pending << (6 - bitCount) & 63)]
        }
    }

    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
}
