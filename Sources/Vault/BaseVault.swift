import Bureau
import COpenSSL
import Synchronization

/// The keys of one base: makes tokens, and seals and opens the base's personal values.
///
/// All threads share a vault; each batch uses its own `VaultSession`.
public final class BaseVault: Sendable, CustomStringConvertible {
    public let base: Base
    let algorithms: Algorithms
    let tokenKey: SecretKey
    /// Tells the time, by which one token key follows another.
    let clock: @Sendable () -> Instant
    private let ring: CurrentRing
    /// Told of the number of a wrapping key that the ring lacks, when a data key under it is met.
    private let flawListener = Mutex(Listener {})
    private let behind = Atomic(false)
    /// Where the data keys are that are in use.
    let memory = SecretMemory()
    /// Of base C alone, which is asked so often that it matters.
    public let tokenMemory: TokenMemory?
    /// Seals what belongs to no data key, such as the outbox and tombstones.
    let noteKey: SecretKey
    /// Makes the pads that hide times.
    let timeKey: SecretKey
    /// What the keys of studies are derived from, of which base B's is used.
    let studySecret: SecretKey
    /// Tells this vault's ring from others: a MAC of a constant under a key for this use alone. It stays the same when
    /// wrapping keys are added.
    public let fingerprint: KeyRingFingerprint
    /// The keys of the audit log, of which base A's are used.
    public let audit: AuditKeys

    /// Derives a key for each use from the ring's secrets (RFC 5869).
    ///
    /// `readIfChanged` gives the ring again when its file has changed, so that a vault in use takes a rotation.
    public init(
        ring: KeyRing, clock: @escaping @Sendable () -> Instant = BaseVault.systemTime,
        readIfChanged: @escaping @Sendable () -> KeyRing? = { nil }
    ) throws(VaultError) {
        self.clock = clock
        base = ring.base
        algorithms = try Algorithms()
        let derivation = KeyDerivation(algorithms: algorithms)
        let base = ring.base.rawValue
        tokenKey = try derivation.key(from: ring.tokenSecret, info: "creditd/\(base)/token/1")
        let fingerprint = try Self.fingerprint(of: ring, algorithms)
        self.fingerprint = fingerprint
        let keys = try RingKeys(ring, derivation)
        self.ring = CurrentRing(keys) { [algorithms] former in
            guard let ring = readIfChanged(), (try? Self.fingerprint(of: ring, algorithms)) == fingerprint else {
                return nil
            }
            return try? RingKeys(ring, KeyDerivation(algorithms: algorithms), keeping: former)
        }
        noteKey = try derivation.key(from: ring.tokenSecret, info: "creditd/\(base)/outbox/1")
        timeKey = try derivation.key(from: ring.tokenSecret, info: "creditd/\(base)/time/1")
        studySecret = try derivation.key(from: ring.tokenSecret, info: "creditd/\(base)/study/1")
        audit = try AuditKeys(ring: ring, derivation)
        tokenMemory = ring.base == .c ? TokenMemory() : nil
        // Finds an incomplete OpenSSL provider now, so that no later session fails because of it.
        _ = try VaultSession(self)
        _ = try Sealer(self)
    }

    /// Runs `body` with a new session, for a whole batch, because the cipher contexts cost some microseconds.
    public func withSession<R, E: Error>(_ body: (inout VaultSession) throws(E) -> R) throws(E) -> R {
        // `init` made a session too, so only memory can be lacking, and Swift itself ends the process then.
        guard var session = try? VaultSession(self) else { preconditionFailure("a session could not be made") }
        return try body(&session)
    }

    /// Whether a data key was wrapped with this vault's ring.
    public func opens(_ sample: KeyRingSample) -> Bool {
        withSession { session in (try? session.unwrap(sample.dataKey, for: sample.token)) != nil }
    }

    /// The keys that hold now; the ring's file is looked at once a second, or at once.
    func ringKeys(lookingAtOnce: Bool = false) -> RingKeys { ring.withKeys(lookingAtOnce: lookingAtOnce, \.self) }

    func wrappingKeys(lookingAtOnce: Bool = false) -> WrappingKeys { ringKeys(lookingAtOnce: lookingAtOnce).wrapping }

    func tokenKeys(lookingAtOnce: Bool = false) -> TokenKeys { ringKeys(lookingAtOnce: lookingAtOnce).tokens }

    /// Whether the ring has token keys beside the first one. Told without a copy of the keys, because it is asked before
    /// every batch.
    public var hasTokenKeys: Bool { ring.withKeys { !$0.tokens.keys.isEmpty } }

    /// Whether the store was last seen without a token key that the ring calls complete: it was put back from before
    /// that key, and its subjects have to be moved again.
    var isBehind: Bool { behind.load(ordering: .relaxed) }

    func note(isBehind: Bool) { behind.store(isBehind, ordering: .relaxed) }

    /// Looks at the ring's file now, and takes a rotation.
    public func refresh() { _ = wrappingKeys(lookingAtOnce: true) }

    /// The numbers of the wrapping keys, in their order; the last one wraps new data keys.
    public var wrappingKeyNumbers: [UInt32] { wrappingKeys().secrets.keys.sorted() }

    /// Calls `tell` for each wrapping key that is met and that the ring lacks, and each time that the ring is found
    /// wanting beside a store; from any thread.
    public func onFlaw(_ tell: @escaping @Sendable () -> Void) { flawListener.withLock { $0 = Listener(tell: tell) } }

    func tellFlaw() { flawListener.withLock { $0 }.tell() }

    /// A function that a lock guards. By itself, a generic lock would wrap it once more each time that it is read.
    private struct Listener {
        let tell: @Sendable () -> Void
    }

    private static func fingerprint(
        of ring: KeyRing, _ algorithms: Algorithms
    ) throws(VaultError) -> KeyRingFingerprint {
        try KeyDerivation(algorithms: algorithms)
            .key(from: ring.tokenSecret, info: "creditd/\(ring.base.rawValue)/fingerprint/1").fingerprint()
    }

    /// The base alone.
    public var description: String { "BaseVault(base \(base.rawValue))" }
}

/// The algorithms of the vault, fetched once from OpenSSL's providers.
final class Algorithms: Sendable {
    // Threads may share these because OpenSSL never changes a fetched algorithm, and counts references (crypto(7)).
    nonisolated(unsafe) let cipher: OpaquePointer
    nonisolated(unsafe) let blockCipher: OpaquePointer
    nonisolated(unsafe) let counterCipher: OpaquePointer
    nonisolated(unsafe) let keyDerivation: OpaquePointer

    init() throws(VaultError) {
        let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
        let blockCipher = EVP_CIPHER_fetch(nil, "AES-256-ECB", nil)
        let counterCipher = EVP_CIPHER_fetch(nil, "AES-256-CTR", nil)
        let keyDerivation = EVP_KDF_fetch(nil, "HKDF", nil)
        guard let cipher, let blockCipher, let counterCipher, let keyDerivation else {
            EVP_CIPHER_free(cipher)
            EVP_CIPHER_free(blockCipher)
            EVP_CIPHER_free(counterCipher)
            EVP_KDF_free(keyDerivation)
            throw .lastOfLibrary()
        }
        self.cipher = cipher
        self.blockCipher = blockCipher
        self.counterCipher = counterCipher
        self.keyDerivation = keyDerivation
    }

    /// Makes a context that encrypts under a key, without padding; whoever asks for it frees it.
    static func context(of cipher: OpaquePointer, under key: SecretKey) throws(VaultError) -> OpaquePointer {
        guard let context = EVP_CIPHER_CTX_new() else { throw .lastOfLibrary() }
        let isReady = key.withBytes { EVP_CipherInit_ex2(context, cipher, $0.bytePointer, nil, 1, nil) == 1 }
        guard isReady, EVP_CIPHER_CTX_set_padding(context, 0) == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw .lastOfLibrary()
        }
        return context
    }

    deinit {
        EVP_CIPHER_free(cipher)
        EVP_CIPHER_free(blockCipher)
        EVP_CIPHER_free(counterCipher)
        EVP_KDF_free(keyDerivation)
    }
}

/// The reason why a vault failed; no case holds a key, a token or a plaintext.
public enum VaultError: Error, Hashable, CustomStringConvertible {
    /// The key ring has no wrapping key of this number: it belongs to another installation, or lost the key.
    case unknownWrappingKey(number: UInt32)
    /// The key ring has no token key of this number: it is an old copy.
    case unknownTokenKey(number: UInt8)
    /// The bytes were sealed with another key or for another location, or were damaged; GCM cannot tell which.
    case notAuthentic
    /// The bytes have another shape than a sealed value or a wrapped key, or the plaintext is too long.
    case malformed
    /// The system's random generator failed, so nothing was sealed.
    case randomness
    /// OpenSSL refused a call with this error code, or 0 without a code.
    case library(code: UInt)

    /// Takes the code of OpenSSL's latest error and empties this thread's queue of errors.
    static func lastOfLibrary() -> VaultError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return .library(code: code)
    }

    public var description: String {
        switch self {
        case .unknownWrappingKey(let number): "the key ring has no wrapping key number \(number)"
        case .unknownTokenKey(let number): "the key ring has no token key number \(number)"
        case .notAuthentic: "sealed bytes do not belong to this key and place, or are damaged"
        case .malformed: "the bytes have a wrong length or an unknown format"
        case .randomness: "the random generator failed"
        case .library(let code): "OpenSSL failed with code \(code)"
        }
    }
}

extension SecretKey {
    /// The MAC of a constant under the key, which is for this use alone.
    func fingerprint() throws(VaultError) -> KeyRingFingerprint {
        let hash = withBytes { KeyedHash(key: $0) }
        var bytes = [UInt8](repeating: 0, count: KeyedHash.byteCount)
        let constant = Array("creditd key ring".utf8)
        constant.withUnsafeBytes { constant in bytes.withUnsafeMutableBytes { hash.hash(constant, into: $0) } }
        guard let fingerprint = KeyRingFingerprint(bytes: bytes) else { throw .malformed }
        return fingerprint
    }
}
