import Bureau

/// Why the vault could not do its work; no case holds key, token or plaintext.
package enum VaultError: Error, Hashable {
    /// The key ring has no wrapping key of this number: it is the ring of another installation, or a key was removed.
    case unknownWrappingKey(number: UInt32)
    /// The bytes were not sealed with this key for this place, or were damaged; which of them cannot be known.
    case notAuthentic
    /// The bytes do not have the shape of a sealed value or a wrapped key, or the plaintext is too long.
    case malformed
    /// The system's random generator failed, so nothing was sealed.
    case randomness
    /// OpenSSL refused a call for a reason of its own: its error code, or 0 when it gave none.
    case library(code: UInt)
}

extension VaultError: CustomStringConvertible {
    /// The reason in words.
    package var description: String {
        switch self {
        case .unknownWrappingKey(let number): "the key ring has no wrapping key number \(number)"
        case .notAuthentic: "sealed bytes do not belong to this key and place, or are damaged"
        case .malformed: "the bytes have a wrong length or an unknown format"
        case .randomness: "the random generator failed"
        case .library(let code): "OpenSSL failed with code \(code)"
        }
    }
}
