import Bureau
import COpenSSL

/// The ciphers of one session: seals and opens values and data keys, on one thread.
///
/// A sealed value and a wrapped key have the same form: a header, a nonce, the ciphertext and its tag.
struct Sealer: ~Copyable {
    private let vault: BaseVault
    private var keys: WrappingKeys
    private var turner: TokenTurner
    /// For values under data keys.
    private var cipher: AuthenticatedCipher
    /// For data keys under wrapping keys, which are few.
    private var wrappingCipher: AuthenticatedCipher
    private var random = RandomBytes()
    private var associatedData = AssociatedData()

    init(_ vault: BaseVault) throws(VaultError) {
        let cipher = try AuthenticatedCipher(vault.algorithms)
        let wrappingCipher = try AuthenticatedCipher(vault.algorithms)
        self.cipher = cipher
        self.wrappingCipher = wrappingCipher
        keys = vault.wrappingKeys()
        turner = TokenTurner(vault.tokenKeys(), vault.algorithms)
        self.vault = vault
    }

    mutating func makeDataKey(
        for subject: SubjectToken, generation: UInt32, nonce: [UInt8]?
    ) throws(VaultError) -> (DataKey, WrappedDataKey) {
        let subject = try first(of: subject)
        let key = try DataKey(base: vault.base, subject: subject, generation: generation, in: vault.memory) {
            (output) throws(VaultError) in
            try random.fill(output)
        }
        return (key, try wrap(key, nonce: nonce))
    }

    mutating func unwrap(_ wrapped: WrappedDataKey, for subject: SubjectToken) throws(VaultError) -> DataKey {
        guard let (number, generation) = wrapped.header else { throw .malformed }
        let wrappingKey = try wrappingKey(number)
        let subject = try first(of: subject)
        associatedData.describe(wrappingKey: number, base: vault.base, subject: subject, generation: generation)
        return try DataKey(
            base: vault.base, subject: subject, generation: generation, in: vault.memory
        ) { (output) throws(VaultError) in
            try wrappingKey.withBytes { (secret) throws(VaultError) in
                try open(
                    wrapped.bytes, headerByteCount: WrappedDataKey.headerByteCount, key: secret, of: wrappingKey,
                    into: output)
            }
        }
    }

    /// Wraps a data key anew with the newest wrapping key; nil when it is wrapped with that one.
    ///
    /// The nonce stays, and names the data key in its stores. No two data keys under one wrapping key share a nonce by
    /// it, because each nonce was drawn or made for its data key.
    mutating func rewrap(_ wrapped: WrappedDataKey, for subject: SubjectToken) throws(VaultError) -> WrappedDataKey? {
        guard let (number, _) = wrapped.header else { throw .malformed }
        if number == keys.newest { return nil }
        let key = try unwrap(wrapped, for: subject)
        let nonce = wrapped.bytes[WrappedDataKey.headerByteCount...].prefix(AuthenticatedCipher.nonceBytes)
        return try wrap(key, nonce: Array(nonce))
    }

    /// Returns a wrapping key of the ring, which is looked at again when it does not have the key.
    private mutating func wrappingKey(_ number: UInt32) throws(VaultError) -> SecretKey {
        if let key = keys.secrets[number] { return key }
        keys = vault.wrappingKeys(lookingAtOnce: true)
        guard let key = keys.secrets[number] else {
            vault.tellFlaw()
            throw .unknownWrappingKey(number: number)
        }
        return key
    }

    mutating func seal(
        _ plaintext: [UInt8], with key: DataKey, at location: SealedLocation
    ) throws(VaultError) -> Sealed {
        let subject = try first(at: location, key)
        guard plaintext.count <= Sealed.maximumPlaintextBytes else { throw .malformed }
        associatedData.describe(location, of: subject)
        let padded = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Padding.paddedCount(plaintext.count), alignment: 16)
        defer {
            OPENSSL_cleanse(padded.baseAddress, padded.count)
            padded.deallocate()
        }
        Padding.pad(plaintext, into: padded)
        var bytes = try key.withBytes { (secret) throws(VaultError) in
            try seal(UnsafeRawBufferPointer(padded), headerByteCount: Sealed.headerByteCount, key: secret, of: key)
        }
        bytes[0] = Sealed.format
        return Sealed(bytes)
    }

    /// Makes a mark of what a location's `record` holds: a sealed value without a text.
    mutating func mark(
        with key: DataKey, at location: SealedLocation, nonce: [UInt8]?
    ) throws(VaultError) -> Sealed {
        associatedData.describe(location, of: try first(at: location, key))
        var bytes = try key.withBytes { (secret) throws(VaultError) in
            try seal(
                UnsafeRawBufferPointer(start: nil, count: 0), headerByteCount: Sealed.headerByteCount, key: secret,
                of: key, nonce: nonce)
        }
        bytes[0] = Sealed.format
        return Sealed(bytes)
    }

    mutating func open(
        _ sealed: Sealed, with key: DataKey, at location: SealedLocation
    ) throws(VaultError) -> [UInt8] {
        let subject = try first(at: location, key)
        let count = sealed.bytes.count - Sealed.overheadBytes
        guard 0...Padding.paddedCount(Sealed.maximumPlaintextBytes) ~= count else { throw .malformed }
        let format = sealed.bytes[0]
        guard format == Sealed.format || format == Sealed.firstFormat else { throw .malformed }
        associatedData.describe(location, of: subject, format: format)
        var text = try bytes(count: count) { (output) throws(VaultError) in
            try key.withBytes { (secret) throws(VaultError) in
                try open(
                    sealed.bytes, headerByteCount: Sealed.headerByteCount, key: secret, of: key, into: output)
            }
        }
        // A mark has no text, and no padding.
        if format == Sealed.format, count > 0, !Padding.remove(from: &text) { throw .malformed }
        return text
    }

    /// The first token of a location's subject. Throws `notAuthentic` where the key may not seal and open.
    private mutating func first(at location: SealedLocation, _ key: DataKey) throws(VaultError) -> SubjectToken {
        let first = try first(of: location.subject)
        guard key.belongs(at: location, of: first), location.base == vault.base else { throw .notAuthentic }
        return first
    }

    /// Wraps a data key. With random nonces a wrapping key serves 2^32 subjects (NIST SP 800-38D §8.3); those that tell
    /// stamps are as random from subject to subject, and never the same of one.
    private mutating func wrap(_ key: DataKey, nonce: [UInt8]? = nil) throws(VaultError) -> WrappedDataKey {
        let number = keys.newest
        let wrappingKey = try wrappingKey(number)
        associatedData.describe(
            wrappingKey: number, base: vault.base, subject: key.subject, generation: key.generation)
        var bytes = try wrappingKey.withBytes { (wrapping) throws(VaultError) in
            try key.withBytes { (secret) throws(VaultError) in
                try seal(
                    secret, headerByteCount: WrappedDataKey.headerByteCount, key: wrapping, of: wrappingKey,
                    nonce: nonce)
            }
        }
        bytes.withUnsafeMutableBytes { bytes in
            bytes[0] = WrappedDataKey.format
            bytes.storeBytes(of: number.bigEndian, toByteOffset: 1, as: UInt32.self)
            bytes.storeBytes(of: key.generation.bigEndian, toByteOffset: 5, as: UInt32.self)
        }
        return WrappedDataKey(bytes)
    }

    /// Seals a note under the note key that goes with the present token key.
    mutating func sealNote(_ plaintext: [UInt8], for use: NoteUse, row: [UInt8]) throws(VaultError) -> Sealed {
        guard plaintext.count <= Sealed.maximumPlaintextBytes else { throw .malformed }
        associatedData.describe(note: use, base: vault.base, row: row)
        let number = turner.keys.current(at: vault.clock())
        let key = try noteKey(number)
        let header = number == 0 ? [Sealed.format] : [Sealed.numberedNoteFormat, number]
        var bytes = try key.withBytes { (secret) throws(VaultError) in
            try plaintext.withUnsafeBufferPointer { (plaintext) throws(VaultError) in
                try seal(UnsafeRawBufferPointer(plaintext), headerByteCount: header.count, key: secret, of: key)
            }
        }
        bytes.replaceSubrange(..<header.count, with: header)
        return Sealed(bytes)
    }

    mutating func openNote(_ note: Sealed, for use: NoteUse, row: [UInt8]) throws(VaultError) -> [UInt8] {
        guard let number = note.noteKeyNumber else { throw .malformed }
        let headerByteCount = number == 0 ? Sealed.headerByteCount : Sealed.numberedHeaderByteCount
        let count = note.bytes.count - Sealed.overheadBytes - (headerByteCount - Sealed.headerByteCount)
        guard 0...Sealed.maximumPlaintextBytes ~= count else { throw .malformed }
        associatedData.describe(note: use, base: vault.base, row: row)
        let key = try noteKey(number)
        return try bytes(count: count) { (output) throws(VaultError) in
            try key.withBytes { (secret) throws(VaultError) in
                try open(note.bytes, headerByteCount: headerByteCount, key: secret, of: key, into: output)
            }
        }
    }

    /// The key of notes that goes with a token key. The ring is looked at again when it does not have that.
    private mutating func noteKey(_ number: UInt8) throws(VaultError) -> SecretKey {
        if number == 0 { return vault.noteKey }
        refreshTokenKeys(for: number)
        guard let key = turner.keys.keys[number] else { throw .unknownTokenKey(number: number) }
        return key.noteKey
    }

    /// The subject's token of the first key. The ring is looked at again when it does not have the token's key.
    private mutating func first(of token: SubjectToken) throws(VaultError) -> SubjectToken {
        refreshTokenKeys(for: token.keyNumber)
        return try turner.first(of: token)
    }

    private mutating func refreshTokenKeys(for number: UInt8) {
        if number == 0 || turner.keys.keys[number] != nil { return }
        turner = TokenTurner(vault.tokenKeys(lookingAtOnce: true), vault.algorithms)
    }

    /// Encrypts under the current associated data, after a header of zeroes for the caller to overwrite.
    private mutating func seal(
        _ plaintext: UnsafeRawBufferPointer, headerByteCount: Int, key: UnsafeRawBufferPointer,
        of owner: AnyObject, nonce given: [UInt8]? = nil
    ) throws(VaultError) -> [UInt8] {
        let textStart = headerByteCount + AuthenticatedCipher.nonceBytes
        let count = textStart + plaintext.count + AuthenticatedCipher.tagBytes
        return try bytes(count: count) { (output) throws(VaultError) in
            for index in 0..<headerByteCount { output[index] = 0 }
            let nonce = UnsafeMutableRawBufferPointer(rebasing: output[headerByteCount..<textStart])
            if let given { nonce.copyBytes(from: given) } else { try random.fill(nonce) }
            let associatedData = associatedData.bytes
            try withCipher(for: owner) { (cipher) throws(VaultError) in
                try cipher.seal(
                    plaintext, key: key, of: owner, nonce: UnsafeRawBufferPointer(nonce),
                    associatedData: associatedData,
                    into: UnsafeMutableRawBufferPointer(rebasing: output[textStart...]))
            }
        }
    }

    /// Decrypts bytes that are long enough for their header, nonce, `output` and tag.
    ///
    /// Wipes `output` when the bytes are not authentic.
    private mutating func open(
        _ sealed: [UInt8], headerByteCount: Int, key: UnsafeRawBufferPointer, of owner: AnyObject,
        into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        let textStart = headerByteCount + AuthenticatedCipher.nonceBytes
        try sealed.withUnsafeBufferPointer { (sealed) throws(VaultError) in
            let sealed = UnsafeRawBufferPointer(sealed)
            let associatedData = associatedData.bytes
            try withCipher(for: owner) { (cipher) throws(VaultError) in
                try cipher.open(
                    UnsafeRawBufferPointer(rebasing: sealed[textStart...]), key: key, of: owner,
                    nonce: UnsafeRawBufferPointer(rebasing: sealed[headerByteCount..<textStart]),
                    associatedData: associatedData, into: output)
            }
        }
    }

    /// Lends the cipher that most probably has the schedule of the owner's key.
    private mutating func withCipher(
        for owner: AnyObject, _ body: (inout AuthenticatedCipher) throws(VaultError) -> Void
    ) throws(VaultError) {
        if owner is DataKey { try body(&cipher) } else { try body(&wrappingCipher) }
    }
}

/// Makes an array of the bytes that `write` fills.
private func bytes(
    count: Int, writtenBy write: (UnsafeMutableRawBufferPointer) throws(VaultError) -> Void
) throws(VaultError) -> [UInt8] {
    var failure: VaultError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { bytes, written in
        do throws(VaultError) {
            try write(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[..<count]))
            written = count
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    return bytes
}
