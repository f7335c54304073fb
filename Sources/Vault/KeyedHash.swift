import Bureau
import COpenSSL

/// HMAC-SHA-256 (RFC 2104) under one key, for one thread at a time.
///
/// The states after the two blocks that depend on the key alone are computed once: a short message then takes two
/// blocks. OpenSSL's EVP_MAC spends three times as long, on allocations and indirections for each message.
struct KeyedHash: ~Copyable {
    static let byteCount = 32
    private static let blockBytes = 64

    /// The state for the inner hash and that for the outer one, of which each message takes copies.
    private let states = UnsafeMutablePointer<SHA256_CTX>.allocate(capacity: 2)

    init(key: UnsafeRawBufferPointer) {
        states.initialize(repeating: SHA256_CTX(), count: 2)
        withUnsafeTemporaryAllocation(byteCount: Self.blockBytes, alignment: 1) { block in
            block.initializeMemory(as: UInt8.self, repeating: 0)
            if key.count > Self.blockBytes {
                var context = SHA256_CTX()
                creditd_sha256_init(&context)
                creditd_sha256_update(&context, key.baseAddress, key.count)
                creditd_sha256_final(block.baseAddress, &context)
            } else {
                block.copyMemory(from: key)
            }
            for (index, padding) in [UInt8(0x36), 0x5C].enumerated() {
                for position in block.indices { block[position] ^= padding }
                creditd_sha256_init(states + index)
                creditd_sha256_update(states + index, block.baseAddress, Self.blockBytes)
                for position in block.indices { block[position] ^= padding }
            }
            OPENSSL_cleanse(block.baseAddress, Self.blockBytes)
        }
    }

    deinit {
        // The states stand for the key.
        OPENSSL_cleanse(states, 2 * MemoryLayout<SHA256_CTX>.stride)
        states.deallocate()
    }

    /// Writes the 32 bytes of the message's HMAC.
    func hash(_ message: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
        precondition(output.count == KeyedHash.byteCount)
        var context = states[0]
        creditd_sha256_update(&context, message.baseAddress, message.count)
        creditd_sha256_final(output.baseAddress, &context)
        context = states[1]
        creditd_sha256_update(&context, output.baseAddress, KeyedHash.byteCount)
        creditd_sha256_final(output.baseAddress, &context)
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
