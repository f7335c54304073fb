import Bureau
import COpenSSL
import Platform

/// The use of a vault by one batch, on one thread; `BaseVault.withSession` makes and ends it.
public struct VaultSession: ~Copyable {
    /// The number of digits in a CPF.
    public static let digitCount = 11

    private let vault: BaseVault
    private let tokenHash: KeyedHash
    /// The number of the key that makes the session's tokens: the same one for the whole batch.
    let tokenKeyNumber: UInt8
    /// Made on first use, because a ring seldom has a second token key.
    private var turner: TokenTurner?
    /// Made on first use, because a batch of events needs tokens alone.
    private var sealer: Sealer?
    private var timePads: TimePads?

    init(_ vault: BaseVault) throws(VaultError) {
        let tokenHash = vault.tokenKey.withBytes { KeyedHash(key: $0) }
        self.vault = vault
        self.tokenHash = tokenHash
        tokenKeyNumber = vault.tokenKeyNumber
    }

    /// Makes the subject's token in this base from the 11 ASCII digits of its CPF.
    public mutating func token(of digits: UnsafeBufferPointer<UInt8>) -> SubjectToken {
        present(firstToken(of: digits))
    }

    /// Makes the subject's token of the first key from the 11 ASCII digits of its CPF.
    public mutating func firstToken(of digits: UnsafeBufferPointer<UInt8>) -> SubjectToken {
        precondition(digits.count == VaultSession.digitCount)
        return SubjectToken { output in tokenHash.hash(UnsafeRawBufferPointer(digits), into: output) }
    }

    /// The numbers of the token keys before the session's, the newest first.
    var formerTokenKeyNumbers: [UInt8] {
        let numbers = vault.tokenKeys().keys.keys.filter { $0 < tokenKeyNumber }
        return numbers.sorted(by: >) + (tokenKeyNumber == 0 ? [] : [0])
    }

    /// Runs `body`; nil when it throws.
    mutating func withTurner<R>(_ body: (inout TokenTurner) throws(VaultError) -> R) -> R? {
        if turner == nil { turner = TokenTurner(vault.tokenKeys(), vault.algorithms) }
        return try? body(&turner!)
    }

    mutating func withTimePads<R>(_ body: (borrowing TimePads) -> R) -> R {
        // A session could make its other ciphers, so only memory can be lacking, and Swift itself ends the process then.
        if timePads == nil { timePads = try? TimePads(vault.timeKey, vault.algorithms) }
        return body(timePads!)
    }

    /// Makes 16 bytes that stand for a client's text in this base, so that no store holds the text itself.
    public mutating func identifier(of text: [UInt8], for use: IdentifierUse) -> RecordID {
        // Longer than a CPF, so that no identifier is a part of a token.
        let message = Array("creditd/\(use.rawValue)/1\0".utf8) + text
        let token = SubjectToken { output in
            message.withUnsafeBytes { tokenHash.hash($0, into: output) }
        }
        return token.withBytes { bytes in
            RecordID(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// Makes a subject's data key, the first one unless a generation is given, and wraps it with the ring's newest
    /// wrapping key; the nonce of that tells the stamp, if there is one.
    ///
    /// Throws `randomness` when the random generator fails.
    public mutating func makeDataKey(
        for subject: SubjectToken, generation: UInt32 = 1, stamp: WriteStamp? = nil
    ) throws(VaultError) -> (DataKey, WrappedDataKey) {
        let nonce = stamp.map { self.nonce(of: $0, generation: generation, for: subject) }
        return try withSealer { (sealer) throws(VaultError) in
            try sealer.makeDataKey(for: subject, generation: generation, nonce: nonce)
        }
    }

    /// Unwraps a data key of this base and subject.
    ///
    /// Throws `malformed` for bytes of another shape, `unknownWrappingKey` when the ring lacks the wrapping key, and
    /// `notAuthentic` for another base or subject and for damage.
    public mutating func unwrap(
        _ wrapped: WrappedDataKey, for subject: SubjectToken
    ) throws(VaultError) -> DataKey {
        // Here begins the work for one subject of a group.
        LoneWork.giveWay()
        return try withSealer { (sealer) throws(VaultError) in try sealer.unwrap(wrapped, for: subject) }
    }

    /// Wraps a data key of this base and subject anew with the newest wrapping key; nil when it is wrapped with that.
    ///
    /// Throws as `unwrap` does.
    public mutating func rewrap(
        _ wrapped: WrappedDataKey, for subject: SubjectToken
    ) throws(VaultError) -> WrappedDataKey? {
        try withSealer { (sealer) throws(VaultError) in try sealer.rewrap(wrapped, for: subject) }
    }

    /// Seals a value for its location: AES-256-GCM under the subject's data key, with a nonce never used before.
    ///
    /// The text is padded, so that the length tells little of it (`Padding`). Throws `notAuthentic` when the key is not
    /// of the location's base, subject and generation, `malformed` when the plaintext is longer than
    /// `Sealed.maximumPlaintextBytes`, and `randomness`.
    public mutating func seal(
        _ plaintext: [UInt8], with key: DataKey, at location: SealedLocation
    ) throws(VaultError) -> Sealed {
        try withSealer { (sealer) throws(VaultError) in try sealer.seal(plaintext, with: key, at: location) }
    }

    /// Makes a mark that proves what a location's `record` holds, and whose nonce tells the stamp, if there is one;
    /// `open` checks it, and gives no text.
    ///
    /// Throws as `seal` does.
    public mutating func mark(
        with key: DataKey, at location: SealedLocation, stamp: WriteStamp? = nil
    ) throws(VaultError) -> Sealed {
        let nonce = stamp.map { self.nonce(of: $0, generation: key.generation, for: location.subject) }
        return try withSealer { (sealer) throws(VaultError) in
            try sealer.mark(with: key, at: location, nonce: nonce)
        }
    }

    /// Opens a value that was sealed with the same key for the same location.
    ///
    /// The caller owns the plaintext, and wipes it where it must not stay in memory. Throws `malformed` for bytes of
    /// another shape, and `notAuthentic` for another key or location and for damage.
    public mutating func open(
        _ sealed: Sealed, with key: DataKey, at location: SealedLocation
    ) throws(VaultError) -> [UInt8] {
        try withSealer { (sealer) throws(VaultError) in try sealer.open(sealed, with: key, at: location) }
    }

    /// Opens a value and seals it under another data key of the same subject; the text in between is wiped.
    ///
    /// The new location is the present one, unless what the value goes with is another. Throws as `open` and `seal` do.
    public mutating func reseal(
        _ sealed: Sealed, from key: DataKey, at location: SealedLocation, to newKey: DataKey,
        at newLocation: SealedLocation? = nil
    ) throws(VaultError) -> Sealed {
        var text = try open(sealed, with: key, at: location)
        defer { text.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        return try seal(text, with: newKey, at: newLocation ?? location.ofGeneration(newKey.generation))
    }

    mutating func withSealer<R>(
        _ body: (inout Sealer) throws(VaultError) -> R
    ) throws(VaultError) -> R {
        if sealer == nil { sealer = try Sealer(vault) }
        return try body(&sealer!)
    }
}

/// What an identifier stands for; those of different uses have nothing in common.
public enum IdentifierUse: String, Sendable {
    case repeatKey = "repeat-key"
    case repeatContent = "repeat-content"
    case paymentID = "payment-id"
    case erasure
    /// An acceptance of what the bases have, among those of its day.
    case acceptance
}
