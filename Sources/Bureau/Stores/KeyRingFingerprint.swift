/// The fingerprint of a base's key ring: 32 bytes that tell rings apart and reveal no key.
public struct KeyRingFingerprint: Hashable, Sendable {
    public static let byteCount = 32

    public let bytes: [UInt8]

    /// Takes exactly 32 bytes; nil for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }
}

/// A data key that a store holds: the ring that unwraps it is the ring of the store.
public struct KeyRingSample: Hashable, Sendable {
    public let token: SubjectToken
    public let dataKey: WrappedDataKey

    public init(token: SubjectToken, dataKey: WrappedDataKey) {
        self.token = token
        self.dataKey = dataKey
    }
}
