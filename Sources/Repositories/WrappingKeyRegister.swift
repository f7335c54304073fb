import Bureau

/// What a store remembers of the wrapping keys under which its data keys are: by it an old copy of a ring is noticed,
/// and no key wraps more often than it may.
public protocol WrappingKeyRegister: Sendable {
    /// The keys that the store has seen, in the order of their numbers.
    func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote]

    /// Notes keys whose numbers the store has not seen; those that it has seen stay as they are.
    func note(_ keys: [WrappingKeyNote]) async throws(StoreError)

    /// Reserves encryptions under a key, durably, before they are made; what a process that ends leaves of its
    /// reservation counts as used.
    ///
    /// False, and nothing is reserved, when the key would have more than `most`, is retired, or was never noted. Base
    /// C wraps nothing, and reserves anything.
    func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool

    /// Remembers that a key has been taken out of the ring, or that it was put back.
    func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError)
}
