import Bureau

/// One base's secret keys: a token key, which is never changed, and numbered wrapping keys, the highest of which wraps
/// new data keys.
///
/// To rotate, a line with the next number is added to the ring's file; the older keys stay for what they have wrapped.
/// No secret of the ring is used itself: the vault derives one key for each use from it.
package struct KeyRing: Sendable {
    /// The base whose keys these are.
    package let base: Base
    let tokenSecret: SecretKey
    let wrappingSecrets: [UInt32: SecretKey]
    let newestWrappingKey: UInt32

    /// Collects a ring; nil without a wrapping key.
    init?(base: Base, tokenSecret: SecretKey, wrappingSecrets: [UInt32: SecretKey]) {
        guard let newest = wrappingSecrets.keys.max() else { return nil }
        self.base = base
        self.tokenSecret = tokenSecret
        self.wrappingSecrets = wrappingSecrets
        newestWrappingKey = newest
    }
}

extension KeyRing: CustomStringConvertible, CustomReflectable {
    /// The base and the number of its newest wrapping key.
    package var description: String {
        "KeyRing(base \(base.rawValue), newest wrapping key \(newestWrappingKey))"
    }

    /// No children, so that `dump` and test output show no more than the description.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
