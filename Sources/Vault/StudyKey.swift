import Bureau

/// Gives subjects the names that they have in one study: 128 bits of an HMAC under a key that no other study has.
///
/// The key follows from base B's ring and the study's name, so that the same person has the same name in every extract
/// of a study, and no two studies' extracts can be joined by it.
public final class StudyKey: Sendable, CustomStringConvertible {
    private let key: SecretKey
    private let vault: BaseVault

    /// Derives the key of a study from the vault of base B.
    public init(of study: String, in vault: BaseVault) throws(VaultError) {
        precondition(vault.base == .b)
        self.vault = vault
        let derivation = KeyDerivation(algorithms: vault.algorithms)
        key = try derivation.key(from: vault.studySecret, info: "creditd/B/study/1/\(study)")
    }

    /// Runs `body` with the means to make names, for a whole batch and on one thread.
    public func withNames<R, E: Error>(_ body: (borrowing StudyNames) throws(E) -> R) throws(E) -> R {
        try body(StudyNames(key.withBytes { KeyedHash(key: $0) }, vault))
    }

    /// A digest of a file that holds CPFs, which only the key can compute: a plain one would tell a short file's.
    public func digest(of bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: KeyedHash.byteCount)
        let message = Array("creditd/study/digest/1\0".utf8) + bytes
        let hash = key.withBytes { KeyedHash(key: $0) }
        message.withUnsafeBytes { message in digest.withUnsafeMutableBytes { hash.hash(message, into: $0) } }
        return digest
    }

    /// A fixed text: the name of a study is no secret, but its key is.
    public var description: String { "StudyKey" }
}

/// Makes the names of subjects in one study.
public struct StudyNames: ~Copyable {
    private let hash: KeyedHash
    private let vault: BaseVault

    init(_ hash: consuming KeyedHash, _ vault: BaseVault) {
        self.hash = hash
        self.vault = vault
    }

    /// The name of the subject who has this token in base B, the same one whichever key has made the token.
    public func name(of token: SubjectToken) -> StudyName {
        let token = vault.first(of: token)
        return withUnsafeTemporaryAllocation(byteCount: KeyedHash.byteCount, alignment: 8) { output in
            token.withBytes { hash.hash($0, into: output) }
            return StudyName(
                high: UInt64(bigEndian: output.load(as: UInt64.self)),
                low: UInt64(bigEndian: output.load(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}

/// The name of a subject in a study.
public struct StudyName: Hashable, Comparable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static func < (left: StudyName, right: StudyName) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
