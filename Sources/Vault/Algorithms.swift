import Bureau
import COpenSSL

/// The algorithms that the vault uses, fetched from OpenSSL's providers once.
final class Algorithms: Sendable {
    // OpenSSL counts references to a fetched algorithm and never changes it, so threads may share these (crypto(7)).
    nonisolated(unsafe) let cipher: OpaquePointer
    nonisolated(unsafe) let mac: OpaquePointer
    nonisolated(unsafe) let keyDerivation: OpaquePointer

    init() throws(VaultError) {
        let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
        let mac = EVP_MAC_fetch(nil, "HMAC", nil)
        let keyDerivation = EVP_KDF_fetch(nil, "HKDF", nil)
        guard let cipher, let mac, let keyDerivation else {
            EVP_CIPHER_free(cipher)
            EVP_MAC_free(mac)
            EVP_KDF_free(keyDerivation)
            throw .lastOfLibrary()
        }
        self.cipher = cipher
        self.mac = mac
        self.keyDerivation = keyDerivation
    }

    deinit {
        EVP_CIPHER_free(cipher)
        EVP_MAC_free(mac)
        EVP_KDF_free(keyDerivation)
    }
}
