import COpenSSL

/// SHA-256 (FIPS 180-4), computed by OpenSSL.
enum SHA256 {
    /// The digest of `bytes` in lower-case hexadecimal, 64 characters long.
    ///
    /// Fails when OpenSSL is set up without the algorithm.
    static func hexadecimal(of bytes: [UInt8]) throws(StartFailure) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil) == 1 else {
            throw StartFailure(status: ExitStatus.unavailable, message: "OpenSSL cannot compute SHA-256")
        }
        return digest.prefix(Int(length)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
