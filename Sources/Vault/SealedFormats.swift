import Bureau

/// The forms in which sealed values, notes and wrapped keys are stored: a header, a nonce, the ciphertext and its tag.
extension Sealed {
    /// The header of a sealed value: format (1 byte). The ciphertext is as long as the padded plaintext.
    static let format: UInt8 = 2
    /// The format without padding and without `SealedLocation.record`, which is read, and not written any more.
    static let firstFormat: UInt8 = 1
    static let headerByteCount = 1
    /// The format of a note under a numbered note key: format (1 byte), number (1 byte).
    static let numberedNoteFormat: UInt8 = 3
    static let numberedHeaderByteCount = 2

    /// The number of the note key that a note is under; nil for bytes of another shape.
    public var noteKeyNumber: UInt8? {
        switch bytes.first {
        case Self.format: 0
        case Self.numberedNoteFormat: bytes.count > 1 && bytes[1] > 0 ? bytes[1] : nil
        default: nil
        }
    }

    /// Whether the value was sealed before values were bound to their records.
    public var isOfFirstFormat: Bool { bytes.first == Self.firstFormat }

    /// The octets that no two values under one key have in common.
    public var nonce: ArraySlice<UInt8> {
        bytes.dropFirst(Self.headerByteCount).prefix(AuthenticatedCipher.nonceBytes)
    }

    /// The length of a sealed value beyond its padded plaintext.
    public static let overheadBytes = headerByteCount + AuthenticatedCipher.nonceBytes + AuthenticatedCipher.tagBytes

    /// The longest plaintext of a sealed value: 16 MiB.
    public static let maximumPlaintextBytes = 1 << 24
}

extension WrappedDataKey {
    /// The header of a wrapped key: format (1), wrapping key number (4, big-endian), generation (4, big-endian).
    static let format: UInt8 = 1
    static let headerByteCount = 9

    /// The length of a wrapped key.
    public static let byteCount =
        headerByteCount + AuthenticatedCipher.nonceBytes + DataKey.byteCount + AuthenticatedCipher.tagBytes

    /// The octets that no two data keys under one wrapping key have in common.
    public var nonce: ArraySlice<UInt8> {
        bytes.dropFirst(Self.headerByteCount).prefix(AuthenticatedCipher.nonceBytes)
    }

    /// The number of the wrapping key; nil for bytes of another shape.
    public var wrappingKeyNumber: UInt32? { header?.number }

    /// The generation of the data key; nil for bytes of another shape. It is authentic only once the key is unwrapped.
    public var generation: UInt32? { header?.generation }

    /// The number of the wrapping key and the generation of the data key; nil for bytes of another shape.
    var header: (number: UInt32, generation: UInt32)? {
        guard bytes.count == Self.byteCount, bytes[0] == Self.format else { return nil }
        return bytes.withUnsafeBytes { bytes in
            (
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)),
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
            )
        }
    }
}
