/// A data key sealed with a wrapping key, as a store keeps it; it opens only for its own base and subject.
///
/// Its bytes: format (1), wrapping key number (4, big-endian), generation (4, big-endian), nonce (12), ciphertext (32),
/// tag (16).
package struct WrappedDataKey: Hashable, Sendable {
    static let format: UInt8 = 1
    static let headerByteCount = 9

    /// The length of a wrapped key.
    package static let byteCount =
        headerByteCount + AuthenticatedCipher.nonceBytes + DataKey.byteCount + AuthenticatedCipher.tagBytes

    /// The bytes for the store.
    package let bytes: [UInt8]

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
