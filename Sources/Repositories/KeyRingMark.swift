import Bureau

/// What a store knows of the key ring that its data is made with.
package enum KeyRingMark: Hashable, Sendable {
    /// The store takes this ring alone.
    case bound(KeyRingFingerprint)
    /// No ring is known. A store with data gives one of its data keys, so that a ring can be proved.
    case unbound(KeyRingSample?)
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
