import Bureau
import Synchronization

/// The wrapping keys of a ring as they are at one time.
struct WrappingKeys: Sendable {
    let secrets: [UInt32: SecretKey]
    /// Tells each key from others of its number, by a key for this use alone.
    let fingerprints: [UInt32: KeyRingFingerprint]
    /// The number of the key that wraps new data keys.
    let newest: UInt32

    /// Derives the keys from a ring's secrets, but those that `former` has.
    init(_ ring: KeyRing, _ derivation: KeyDerivation, keeping former: WrappingKeys? = nil) throws(VaultError) {
        var secrets: [UInt32: SecretKey] = [:]
        var fingerprints: [UInt32: KeyRingFingerprint] = [:]
        for (number, secret) in ring.wrappingSecrets {
            if let known = former?.secrets[number], let mark = former?.fingerprints[number] {
                secrets[number] = known
                fingerprints[number] = mark
            } else {
                let base = ring.base.rawValue
                secrets[number] = try derivation.key(from: secret, info: "creditd/\(base)/wrap/\(number)")
                fingerprints[number] = try derivation.key(from: secret, info: "creditd/\(base)/wrap-mark/\(number)")
                    .fingerprint()
            }
        }
        self.secrets = secrets
        self.fingerprints = fingerprints
        newest = ring.newestWrappingKey
    }
}

/// The keys of a ring that change while a vault is in use.
struct RingKeys: Sendable {
    let wrapping: WrappingKeys
    let tokens: TokenKeys

    /// Derives the keys from a ring's secrets, but those that `former` has.
    init(_ ring: KeyRing, _ derivation: KeyDerivation, keeping former: RingKeys? = nil) throws(VaultError) {
        wrapping = try WrappingKeys(ring, derivation, keeping: former?.wrapping)
        tokens = try TokenKeys(ring, derivation, keeping: former?.tokens)
    }
}

/// The keys of a vault, which change while it is in use when its ring is rotated.
final class CurrentRing: Sendable {
    private struct State {
        var keys: RingKeys
        var lookedAt: ContinuousClock.Instant
    }

    /// How long a ring that was taken out of use may still wrap.
    private static let interval = Duration.seconds(1)

    private let state: Mutex<State>
    /// Reads the ring anew; nil when it has not changed, or cannot be read.
    private let read: @Sendable (RingKeys) -> RingKeys?

    init(_ keys: RingKeys, read: @escaping @Sendable (RingKeys) -> RingKeys?) {
        state = Mutex(State(keys: keys, lookedAt: .now))
        self.read = read
    }

    /// Lends the keys, after a look at the ring when the last one is a second old.
    func withKeys<R: Sendable>(lookingAtOnce: Bool = false, _ body: (RingKeys) -> R) -> R {
        state.withLock { state in
            let now = ContinuousClock.now
            if lookingAtOnce || now - state.lookedAt >= Self.interval {
                state.lookedAt = now
                if let keys = read(state.keys) { state.keys = keys }
            }
            return body(state.keys)
        }
    }
}
