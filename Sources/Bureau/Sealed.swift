/// A sealed value, as a store keeps it: bytes that only the vault of its base can open.
package struct Sealed: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// A subject's data key, wrapped by its base's key ring, as a store keeps it.
///
/// A new one is made when a subject is created, so it also tells one life of a subject from the next: a value sealed
/// before a deletion is refused after it.
package struct WrappedDataKey: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
