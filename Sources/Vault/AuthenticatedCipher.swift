import Bureau
import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) with its own context, for one thread at a time.
///
/// The context keeps the schedule of its last key, because many values in a row are under one key.
struct AuthenticatedCipher: ~Copyable {
    static let nonceBytes = 12
    static let tagBytes = 16

    private let context: OpaquePointer
    /// The owner of the key whose schedule the context has, held so that no other object takes its place in memory.
    private var owner: AnyObject?

    init(_ algorithms: Algorithms) throws(VaultError) {
        guard let context = EVP_CIPHER_CTX_new() else { throw .lastOfLibrary() }
        guard EVP_CipherInit_ex2(context, algorithms.cipher, nil, nil, 1, nil) == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw .lastOfLibrary()
        }
        self.context = context
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
    }

    /// Writes the ciphertext, as long as the plaintext, followed by the 16 bytes of the tag.
    ///
    /// `key` has 32 bytes and `nonce` 12. A nonce must never be used twice with the same key. `owner` is the object to
    /// which the key belongs for ever, if there is one: its schedule is then made once for calls in a row.
    mutating func seal(
        _ plaintext: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, of owner: AnyObject? = nil,
        nonce: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        precondition(output.count == plaintext.count + AuthenticatedCipher.tagBytes)
        try start(sealing: true, key: key, of: owner, nonce: nonce, associatedData: associatedData)
        try transform(plaintext, into: output)
        guard finish() else { throw .lastOfLibrary() }
        let tag = output.baseAddress?.advanced(by: plaintext.count)
        let length = Int32(AuthenticatedCipher.tagBytes)
        guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, length, tag) == 1 else { throw .lastOfLibrary() }
    }

    /// Writes the plaintext of a ciphertext and its tag. Wipes the plaintext when the tag is wrong.
    mutating func open(
        _ sealed: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, of owner: AnyObject? = nil,
        nonce: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        precondition(sealed.count == output.count + AuthenticatedCipher.tagBytes)
        try start(sealing: false, key: key, of: owner, nonce: nonce, associatedData: associatedData)
        // Setting the tag takes a mutable pointer, and only reads from it.
        let tag = UnsafeMutableRawPointer(mutating: sealed.baseAddress?.advanced(by: output.count))
        let length = Int32(AuthenticatedCipher.tagBytes)
        guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, length, tag) == 1 else { throw .lastOfLibrary() }
        try transform(UnsafeRawBufferPointer(rebasing: sealed.prefix(output.count)), into: output)
        guard finish() else {
            OPENSSL_cleanse(output.baseAddress, output.count)
            ERR_clear_error()
            throw .notAuthentic
        }
    }

    private mutating func start(
        sealing: Bool, key: UnsafeRawBufferPointer, of owner: AnyObject?, nonce: UnsafeRawBufferPointer,
        associatedData: UnsafeRawBufferPointer
    ) throws(VaultError) {
        precondition(key.count == SecretKey.byteCount && nonce.count == AuthenticatedCipher.nonceBytes)
        // Without a key the context goes on with the one that it has (EVP_EncryptInit(3)).
        let isKeyed = owner != nil && owner === self.owner
        self.owner = nil
        let started = EVP_CipherInit_ex2(
            context, nil, isKeyed ? nil : key.bytePointer, nonce.bytePointer, sealing ? 1 : 0, nil)
        guard started == 1 else { throw .lastOfLibrary() }
        self.owner = owner
        var written: Int32 = 0
        // An input without an output is associated data (EVP_EncryptInit(3), "AEAD Interface").
        let length = Int32(associatedData.count)
        guard EVP_CipherUpdate(context, nil, &written, associatedData.bytePointer, length) == 1 else {
            throw .lastOfLibrary()
        }
    }

    private mutating func transform(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        // An empty output may have no address, and the input would then be associated data.
        guard !input.isEmpty else { return }
        var written: Int32 = 0
        let to = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard EVP_CipherUpdate(context, to, &written, input.bytePointer, Int32(input.count)) == 1 else {
            throw .lastOfLibrary()
        }
    }

    /// Completes or checks the tag; GCM writes no further output.
    private mutating func finish() -> Bool {
        var written: Int32 = 0
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: AuthenticatedCipher.tagBytes) { unused in
            EVP_CipherFinal_ex(context, unused.baseAddress, &written) == 1
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The address in the type of OpenSSL's functions.
    var bytePointer: UnsafePointer<UInt8>? {
        baseAddress?.assumingMemoryBound(to: UInt8.self)
    }
}
