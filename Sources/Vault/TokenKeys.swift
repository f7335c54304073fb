import Bureau

/// The numbered token keys of a ring as they are at one time, beside the first one, which every ring has.
///
/// The first token of a subject is a MAC of its CPF. A numbered key turns it into another token, and back: so a subject
/// is given another token without its CPF, and values that are bound to the first token stay as they are.
struct TokenKeys: Sendable {
    struct Key: Sendable {
        /// Turns tokens.
        let secret: SecretKey
        /// Seals notes.
        let noteKey: SecretKey
        /// Tells the key from others of its number, by a key for this use alone.
        let fingerprint: KeyRingFingerprint
        var since: Instant
        var isComplete: Bool
    }

    let keys: [UInt8: Key]

    /// Derives the keys from a ring's secrets, but those that `former` has.
    init(_ ring: KeyRing, _ derivation: KeyDerivation, keeping former: TokenKeys? = nil) throws(VaultError) {
        let base = ring.base.rawValue
        var keys: [UInt8: Key] = [:]
        for (number, entry) in ring.tokenKeys {
            if var known = former?.keys[number] {
                (known.since, known.isComplete) = (entry.since, entry.isComplete)
                keys[number] = known
                continue
            }
            let key = { (use: String) throws(VaultError) in
                try derivation.key(from: entry.secret, info: "creditd/\(base)/\(use)/\(number)")
            }
            keys[number] = Key(
                secret: try key("token-key"), noteKey: try key("note-key"),
                fingerprint: try key("token-mark").fingerprint(), since: entry.since, isComplete: entry.isComplete)
        }
        self.keys = keys
    }

    /// The number of the key that makes tokens at a time; 0 is the first one. A key to which subjects were moved has
    /// begun, whatever a clock says.
    func current(at now: Instant) -> UInt8 {
        keys.isEmpty ? 0 : keys.filter { $0.value.isComplete || $0.value.since <= now }.keys.max() ?? 0
    }

    var newest: UInt8 { keys.keys.max() ?? 0 }
}

/// How far a base is on the way from one token key to the next.
public enum TokenRotation: Hashable, Sendable {
    /// One key makes all tokens, now and until another one is added.
    case none
    /// Another key makes the tokens from this time on.
    case ahead(from: Instant)
    /// Nothing begins until then, so that all that has begun under the former key has ended.
    case pausing(until: Instant)
    /// The newest key makes the tokens, and subjects may still be kept under tokens of the former one.
    case moving

    /// How long nothing begins before another key makes the tokens. What takes longer than that, or is on a machine
    /// whose clock is off by more, would be written under a former token.
    public static let pause = Duration.milliseconds(2500)
}

extension BaseVault {
    /// How far the base is, as the ring tells that holds now.
    public func tokenRotation(at now: Instant? = nil) -> TokenRotation {
        let keys = tokenKeys()
        guard let newest = keys.keys[keys.newest] else { return .none }
        if newest.isComplete { return isBehind ? .moving : .none }
        let now = now ?? clock()
        if now >= newest.since { return .moving }
        let pause = TokenRotation.pause / .microseconds(1)
        let left = newest.since.microsecondsSinceEpoch - now.microsecondsSinceEpoch
        return left > Int64(pause) ? .ahead(from: newest.since) : .pausing(until: newest.since)
    }

    /// The number of the key that makes tokens now; 0 is the first one.
    public var tokenKeyNumber: UInt8 { hasTokenKeys ? tokenKeys().current(at: clock()) : 0 }

    /// The numbers of the token keys beside the first one, in their order.
    public var tokenKeyNumbers: [UInt8] { tokenKeys().keys.keys.sorted() }

    /// The numbered token keys in their order: since when each makes the tokens, and whether nothing is left under
    /// tokens of the key before it.
    public var tokenKeyStates: [(number: UInt8, since: Instant, isComplete: Bool)] {
        tokenKeys().keys.map { ($0.key, $0.value.since, $0.value.isComplete) }.sorted { $0.number < $1.number }
    }

    /// The subjects' tokens of the present key. A token of a key that the ring lacks stays as it is.
    public func present(_ tokens: [SubjectToken]) -> [SubjectToken] {
        let number = tokenKeyNumber
        if tokens.allSatisfy({ $0.keyNumber == number }) { return tokens }
        return withSession { session in tokens.map { session.present($0) } }
    }

    public func present(_ token: SubjectToken) -> SubjectToken { present([token])[0] }

    /// The subject's token of the first key, which stays for ever: what is kept inside sealed values, and what is made
    /// of tokens, is made of it. A token of a key that the ring lacks stays as it is.
    public func first(of token: SubjectToken) -> SubjectToken {
        token.keyNumber == 0 ? token : withSession { $0.first(of: token) }
    }
}
