/// One of the bureau's three bases: each has a store and a key ring of its own.
public enum Base: String, CaseIterable, Sendable {
    /// Persons, their debts and the audit log: extremely sensitive.
    case a = "A"
    /// Profiles and scores: sensitive, and read by learning algorithms.
    case b = "B"
    /// Events: not critical, extremely fast.
    case c = "C"
}

/// A sealed value in its stored form: bytes that only the vault of its base can open.
public struct Sealed: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// A subject's data key in its stored form, wrapped with the key ring of its base.
///
/// Creating a subject makes a new key. A value sealed before a deletion is therefore refused after it, even when the
/// subject was created again.
public struct WrappedDataKey: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether both are the same data key, be it wrapped with different wrapping keys.
    ///
    /// Octets 5 to 20 stay when a key is wrapped anew: its generation, and a nonce that is drawn once for each key.
    public func isSameKey(as other: WrappedDataKey) -> Bool { identity == other.identity }

    /// What SQL has as `substr(data_key, 6, 16)`.
    private var identity: ArraySlice<UInt8> { bytes.dropFirst(5).prefix(16) }
}
