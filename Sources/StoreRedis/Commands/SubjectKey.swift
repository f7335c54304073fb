import Bureau
import Encodings

/// The names of a subject's keys: `creditd:{TOKEN}:latest`, `:events`, `:history` and, for each receipt, `:key:HEX`,
/// with the token in base64url without padding (RFC 4648 §5). The braces keep them all in one slot of a cluster.
/// `:moved` tells for a while under which token all of them were before, when they came from another slot.
///
/// Further keys belong to base C as a whole, all without a lifetime. `creditd:{key-ring}:mark` is a hash whose field
/// `fingerprint` tells the key ring of the data in 64 hexadecimal digits, and `wrap:NUMBER` each wrapping key.
/// `creditd:{erased-HH}:tombstones` are hashes of the tombstones of erased subjects, TOKEN -> note; HH is the first
/// byte of the tokens in hexadecimal.
enum SubjectKey {
    static let prefix: StaticString = "creditd:{"

    /// The characters of a token of the first key, and those of any other.
    static let tagCount = Base64.unpaddedCount(SubjectToken.byteCount)
    static let longTagCount = Base64.unpaddedCount(SubjectToken.mostBytes)

    /// Lends the token's characters.
    static func withTag<R>(of token: SubjectToken, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longTagCount) { place in
            body(writeTag(of: token, to: place))
        }
    }

    /// Writes the token's characters to a place that has room for any, and returns them.
    static func writeTag(
        of token: SubjectToken, to place: UnsafeMutableBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        token.withBytes { bytes in
            if let start = place.baseAddress { Base64.encodeForURL(bytes, to: start) }
        }
        return UnsafeBufferPointer(rebasing: place[..<(token.keyNumber == 0 ? tagCount : longTagCount)])
    }

    /// The name of a key; `suffix` is what stands behind the token.
    static func name(of token: SubjectToken, _ suffix: [UInt8]) -> [UInt8] {
        withTag(of: token) { tag in Array("creditd:{".utf8) + tag + Array("}:".utf8) + suffix }
    }

    /// What a name of a key tells.
    struct Name {
        let token: SubjectToken
        /// The receipt's key in hexadecimal; nil for events.
        let receipt: [UInt8]?

        /// Nil for a key that holds nothing of a subject.
        init?(_ name: UnsafeBufferPointer<UInt8>) {
            let start = SubjectKey.prefix.utf8CodeUnitCount
            guard name.count > start, let end = name[start...].firstIndex(of: UInt8(ascii: "}")),
                let token = SubjectToken(base64URL: UnsafeBufferPointer(rebasing: name[start..<end]))
            else { return nil }
            self.token = token
            let suffix = name[end...].dropFirst(2)
            if suffix.starts(with: "key:".utf8) {
                receipt = Array(suffix.dropFirst(4))
            } else if ["latest", "events", "history"].contains(where: { suffix.elementsEqual($0.utf8) }) {
                receipt = nil
            } else {
                return nil
            }
        }
    }
}

extension SubjectToken {
    /// Reads base64url without padding (RFC 4648 §5); nil for any text but a token's.
    init?(base64URL text: UnsafeBufferPointer<UInt8>) {
        var standard = text.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        if standard.count == SubjectKey.tagCount { standard.append(UInt8(ascii: "=")) }
        guard let bytes = standard.withUnsafeBufferPointer(Base64.decode) else { return nil }
        self.init(bytes: bytes)
    }
}
