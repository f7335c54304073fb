import COpenSSL
import Encodings

/// The SHA-256 of bytes that pass by. It owns OpenSSL's context, which one thread uses.
final class StreamHash {
    private let context: OpaquePointer

    init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("SHA-256 of bytes in memory does not fail")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func add(_ bytes: UnsafeRawBufferPointer) {
        let done = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(done == 1, "SHA-256 of bytes in memory does not fail")
    }

    /// The hash of all bytes, in hexadecimal. Nothing can be added after it.
    func finish() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        let done = EVP_DigestFinal_ex(context, &digest, nil)
        precondition(done == 1, "SHA-256 of bytes in memory does not fail")
        return Hexadecimal.text(of: digest)
    }
}
