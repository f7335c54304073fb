import Bureau

/// The bytes of what a vault gives to a store. Both shapes are a header, a nonce (12), the ciphertext and its tag (16).
extension Sealed {
    /// A sealed value's header is its format (1 byte); the ciphertext is as long as the plaintext.
    static let format: UInt8 = 1
    static let headerByteCount = 1

    /// How much longer a sealed value is than its plaintext.
    package static let overheadBytes = headerByteCount + AuthenticatedCipher.nonceBytes + AuthenticatedCipher.tagBytes

    /// The longest plaintext that is sealed: 16 MiB.
    package static let maximumPlaintextBytes = 1 << 24
}

extension WrappedDataKey {
    /// A wrapped key's header: format (1), wrapping key number (4, big-endian), generation (4, big-endian).
    static let format: UInt8 = 1
    static let headerByteCount = 9

    /// The length of a wrapped key.
    package static let byteCount =
        headerByteCount + AuthenticatedCipher.nonceBytes + DataKey.byteCount + AuthenticatedCipher.tagBytes

    /// Reads the number of the wrapping key and the generation of the data key; nil when the bytes are of another
    /// shape.
    static func header(of bytes: UnsafeRawBufferPointer) -> (number: UInt32, generation: UInt32)? {
        guard bytes.count == byteCount, bytes[0] == format else { return nil }
        return (
            UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)),
            UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
        )
    }
}
