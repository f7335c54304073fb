import Bureau
import COpenSSL

/// HKDF-SHA-256 (RFC 5869): one independent key for each use of a secret.
struct KeyDerivation {
    /// The parameters of EVP_KDF-HKDF(7).
    private enum Name {
        static let digest: StaticString = "digest"
        static let sha256: StaticString = "SHA256"
        static let key: StaticString = "key"
        static let salt: StaticString = "salt"
        static let info: StaticString = "info"
    }

    private let algorithms: Algorithms

    init(_ algorithms: Algorithms) {
        self.algorithms = algorithms
    }

    /// Makes the key for the use that `info` names, without salt: the ring's secrets are uniformly random already.
    func key(from secret: SecretKey, info: String) throws(VaultError) -> SecretKey {
        try SecretKey { (output) throws(VaultError) in
            try secret.withBytes { (secret) throws(VaultError) in
                try derive(from: secret, salt: [], info: Array(info.utf8), into: output)
            }
        }
    }

    /// Extracts and expands as RFC 5869 §2 says.
    func derive(
        from secret: UnsafeRawBufferPointer, salt: [UInt8], info: [UInt8], into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        guard let context = EVP_KDF_CTX_new(algorithms.keyDerivation) else { throw .lastOfLibrary() }
        defer { EVP_KDF_CTX_free(context) }
        var salt = salt
        var info = info
        // OpenSSL takes every parameter by a mutable pointer and only reads these.
        let key = UnsafeMutableRawPointer(mutating: secret.baseAddress)
        let to = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let derived = salt.withUnsafeMutableBytes { salt in
            info.withUnsafeMutableBytes { info in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(Name.digest.cString, Name.sha256.cString, 0),
                    OSSL_PARAM_construct_octet_string(Name.key.cString, key, secret.count),
                    OSSL_PARAM_construct_octet_string(Name.salt.cString, salt.baseAddress, salt.count),
                    OSSL_PARAM_construct_octet_string(Name.info.cString, info.baseAddress, info.count),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_KDF_derive(context, to, output.count, parameters)
            }
        }
        guard derived == 1 else { throw .lastOfLibrary() }
    }
}
