import Bureau
import COpenSSL

/// HMAC-SHA-256 (RFC 2104) under one key, with a context of its own, for one thread at a time.
struct KeyedHash: ~Copyable {
    static let byteCount = 32

    private static let digestName: StaticString = "digest"
    private static let digest: StaticString = "SHA256"

    private let context: OpaquePointer

    init(_ algorithms: Algorithms, key: UnsafeRawBufferPointer) throws(VaultError) {
        guard let context = EVP_MAC_CTX_new(algorithms.mac) else { throw .lastOfLibrary() }
        let parameters = [
            OSSL_PARAM_construct_utf8_string(KeyedHash.digestName.cString, KeyedHash.digest.cString, 0),
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
        // No key means the one of the last time, whose two first blocks are hashed already.
        let done =
            EVP_MAC_init(context, nil, 0, nil) == 1
            && EVP_MAC_update(context, message.bytePointer, message.count) == 1
            && EVP_MAC_final(context, to, &written, output.count) == 1
        // Nothing but a lack of memory can fail here, and Swift itself ends the process for that.
        precondition(done && written == KeyedHash.byteCount)
    }
}
