import Bureau
import COpenSSL

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
                    OSSL_PARAM_construct_utf8_string(ParameterText.digest.cString, ParameterText.sha256.cString, 0),
                    OSSL_PARAM_construct_octet_string(ParameterText.key.cString, key, secret.count),
                    OSSL_PARAM_construct_octet_string(ParameterText.salt.cString, salt.baseAddress, salt.count),
                    OSSL_PARAM_construct_octet_string(ParameterText.info.cString, info.baseAddress, info.count),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_KDF_derive(context, to, output.count, parameters)
            }
        }
        guard derived == 1 else { throw .lastOfLibrary() }
    }
}
