/// A wrapping key of a ring as a store remembers it, or a token key; no key can be told from it.
package struct WrappingKeyNote: Hashable, Sendable {
    /// Token keys have numbers of their own, far above those of wrapping keys.
    private static let firstOfTokenKeys: UInt32 = 1 << 31

    package var number: UInt32
    /// Tells the key from another one of the same number.
    package var fingerprint: KeyRingFingerprint
    /// How many encryptions processes have reserved.
    package var encryptions: Int64
    /// Whether the key has been taken out of the ring.
    package var isRetired: Bool

    package init(number: UInt32, fingerprint: KeyRingFingerprint, encryptions: Int64 = 0, isRetired: Bool = false) {
        self.number = number
        self.fingerprint = fingerprint
        self.encryptions = encryptions
        self.isRetired = isRetired
    }

    /// The note of a token key beside a ring's first one.
    package init(tokenKey number: UInt8, fingerprint: KeyRingFingerprint) {
        self.init(number: Self.firstOfTokenKeys + UInt32(number), fingerprint: fingerprint)
    }

    /// The number of the token key; nil for a wrapping key.
    package var tokenKeyNumber: UInt8? {
        number < Self.firstOfTokenKeys ? nil : UInt8(truncatingIfNeeded: number)
    }
}
