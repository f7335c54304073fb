/// The fingerprint of a base's key ring: 32 bytes that tell rings apart and reveal no key.
package struct KeyRingFingerprint: Hashable, Sendable {
    package static let byteCount = 32

    package let bytes: [UInt8]

    /// Takes exactly 32 bytes; nil for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }
}

/// A data key that a store holds: the ring that unwraps it is the ring of the store.
package struct KeyRingSample: Hashable, Sendable {
    package let token: SubjectToken
    package let dataKey: WrappedDataKey

    package init(token: SubjectToken, dataKey: WrappedDataKey) {
        self.token = token
        self.dataKey = dataKey
    }
}
