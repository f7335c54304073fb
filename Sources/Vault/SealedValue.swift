/// The shape of a sealed value: format (1 byte), nonce (12), ciphertext (as long as the plaintext), tag (16).
package enum SealedValue {
    static let format: UInt8 = 1
    static let headerByteCount = 1

    /// How much longer a sealed value is than its plaintext.
    package static let overheadBytes =
        headerByteCount + AuthenticatedCipher.nonceBytes + AuthenticatedCipher.tagBytes

    /// The longest plaintext that is sealed: 16 MiB.
    package static let maximumPlaintextBytes = 1 << 24
}
