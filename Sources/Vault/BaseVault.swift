import Bureau

/// The keys of one base, ready for use: makes tokens, and seals and opens that base's personal values.
///
/// A vault is shared by all threads; a batch works through a `Session` of its own.
package final class BaseVault: Sendable {
    /// The base whose keys these are.
    package let base: Base
    let algorithms: Algorithms
    let tokenKey: SecretKey
    let wrappingKeys: [UInt32: SecretKey]
    let newestWrappingKey: UInt32

    /// Derives the keys in use from the ring's secrets, one for each use (RFC 5869).
    package init(ring: KeyRing) throws(VaultError) {
        base = ring.base
        algorithms = try Algorithms()
        let derivation = KeyDerivation(algorithms)
        let base = ring.base.rawValue
        tokenKey = try derivation.key(from: ring.tokenSecret, info: "creditd/\(base)/token/1")
        var wrappingKeys: [UInt32: SecretKey] = [:]
        for (number, secret) in ring.wrappingSecrets {
            wrappingKeys[number] = try derivation.key(from: secret, info: "creditd/\(base)/wrap/\(number)")
        }
        self.wrappingKeys = wrappingKeys
        newestWrappingKey = ring.newestWrappingKey
        // A provider that lacks something is found here, so that no later session fails for it.
        _ = try Session(self)
    }

    /// Runs `body` with cipher contexts of its own; for a batch, since making them takes some microseconds.
    package func withSession<R, E: Error>(_ body: (inout Session) throws(E) -> R) throws(E) -> R {
        var session = open()
        return try body(&session)
    }

    private func open() -> Session {
        do {
            return try Session(self)
        } catch {
            // `init` has made one just so: only a lack of memory is left, and Swift itself ends the process for that.
            preconditionFailure("a session could not be made: \(error)")
        }
    }
}

extension BaseVault: CustomStringConvertible {
    /// The base, and no more.
    package var description: String { "BaseVault(base \(base.rawValue))" }
}
