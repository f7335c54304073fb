/// Bytes that only Services can open: a sealed value, as a store keeps it.
package struct Sealed: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// A subject's data key, wrapped by its base's key ring.
///
/// It is made anew when a subject is created, so it also tells one life of a subject from the next:
/// a value that was sealed before a deletion is refused after it.
package struct WrappedDataKey: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
