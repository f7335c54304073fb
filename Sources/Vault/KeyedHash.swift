import Bureau
import COpenSSL

/// HMAC-SHA-256 (RFC 2104) under one key, with its own context, for one thread at a time.
struct KeyedHash: ~Copyable {
    static let byteCount = 32

    private let context: OpaquePointer

    init(_ algorithms: Algorithms, key: UnsafeRawBufferPointer) throws(VaultError) {
        guard let context = EVP_MAC_CTX_new(algorithms.mac) else { throw .lastOfLibrary() }
        let parameters = [
            OSSL_PARAM_construct_utf8_string(cString("digest"), cString("SHA256"), 0),
            OSSL_PARAM_construct_end(),
        ]
        guard EVP_MAC_init(context, key.bytePointer, key.count, parameters) == 1 else {
            EVP_MAC_CTX_free(context)
            throw .lastOfLibrary()
        }
        self.context = context
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }

    /// Writes the 32 bytes of the message's HMAC.
    mutating func hash(_ message: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
        precondition(output.count == KeyedHash.byteCount)
        let to = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var written = 0
        // Without a key, OpenSSL reuses the previous one, whose two first blocks are hashed already.
        let done =
            EVP_MAC_init(context, nil, 0, nil) == 1
            && EVP_MAC_update(context, message.bytePointer, message.count) == 1
            && EVP_MAC_final(context, to, &written, output.count) == 1
        // Only memory can be lacking here, and Swift itself ends the process then.
        precondition(done && written == KeyedHash.byteCount)
    }
}

/// HKDF-SHA-256 (RFC 5869): derives an independent key for each use of a secret.
struct KeyDerivation {
    let algorithms: Algorithms

    /// Derives the key for the use in `info`, without salt, because the ring's secrets are uniformly random.
    func key(from secret: SecretKey, info: String) throws(VaultError) -> SecretKey {
        try SecretKey { (output) throws(VaultError) in
            try secret.withBytes { (secret) throws(VaultError) in
                try derive(from: secret, salt: [], info: Array(info.utf8), into: output)
            }
        }
    }

    /// Extracts and expands (RFC 5869 §2).
    func derive(
        from secret: UnsafeRawBufferPointer, salt: [UInt8], info: [UInt8], into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        guard let context = EVP_KDF_CTX_new(algorithms.keyDerivation) else { throw .lastOfLibrary() }
        defer { EVP_KDF_CTX_free(context) }
        var salt = salt
        var info = info
        // OpenSSL takes mutable pointers, and only reads these parameters.
        let key = UnsafeMutableRawPointer(mutating: secret.baseAddress)
        let to = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let derived = salt.withUnsafeMutableBytes { salt in
            info.withUnsafeMutableBytes { info in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(cString("digest"), cString("SHA256"), 0),
                    OSSL_PARAM_construct_octet_string(cString("key"), key, secret.count),
                    OSSL_PARAM_construct_octet_string(cString("salt"), salt.baseAddress, salt.count),
                    OSSL_PARAM_construct_octet_string(cString("info"), info.baseAddress, info.count),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_KDF_derive(context, to, output.count, parameters)
            }
        }
        guard derived == 1 else { throw .lastOfLibrary() }
    }
}

/// Returns a name or text of OpenSSL's parameters (EVP_MAC-HMAC(7), EVP_KDF-HKDF(7)) that lives as long as the program.
///
/// OpenSSL keeps the pointers, but a Swift `String` lends its pointer for one call only. OpenSSL takes mutable pointers
/// and never writes to them.
private func cString(_ text: StaticString) -> UnsafeMutablePointer<CChar> {
    UnsafeMutableRawPointer(mutating: text.utf8Start).assumingMemoryBound(to: CChar.self)
}
