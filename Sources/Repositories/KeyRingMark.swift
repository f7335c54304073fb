import Bureau

/// What a store knows of the key ring that its data is made with.
public enum KeyRingMark: Hashable, Sendable {
    /// The store takes this ring alone.
    case bound(KeyRingFingerprint)
    /// No ring is known. A store with data gives one of its data keys, so that a ring can be proved.
    case unbound(KeyRingSample?)
}
