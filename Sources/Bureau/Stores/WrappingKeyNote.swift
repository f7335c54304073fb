/// A wrapping key of a ring as a store remembers it; no key can be told from it.
package struct WrappingKeyNote: Hashable, Sendable {
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
}
