/// A wrapping key of a ring as a store remembers it, or a token key; no key can be told from it.
public struct WrappingKeyNote: Hashable, Sendable {
    /// Token keys have numbers of their own, far above those of wrapping keys.
    private static let firstOfTokenKeys: UInt32 = 1 << 31

    public var number: UInt32
    /// Tells the key from another one of the same number.
    public var fingerprint: KeyRingFingerprint
    /// How many encryptions processes have reserved.
    public var encryptions: Int64
    /// Whether the key has been taken out of the ring.
    public var isRetired: Bool

    public init(number: UInt32, fingerprint: KeyRingFingerprint, encryptions: Int64 = 0, isRetired: Bool = false) {
        self.number = number
        self.fingerprint = fingerprint
        self.encryptions = encryptions
        self.isRetired = isRetired
    }

    /// The note of a token key beside a ring's first one.
    public init(tokenKey number: UInt8, fingerprint: KeyRingFingerprint) {
        self.init(number: Self.firstOfTokenKeys + UInt32(number), fingerprint: fingerprint)
    }

    /// The number of the token key; nil for a wrapping key.
    public var tokenKeyNumber: UInt8? {
        number < Self.firstOfTokenKeys ? nil : UInt8(truncatingIfNeeded: number)
    }
}
