import Bureau
import Testing

@testable import Vault

extension BaseVault {
    /// A vault whose keys are the same in every run.
    static func fixed(_ base: Base, byte: UInt8) throws -> BaseVault {
        func secret(_ byte: UInt8) -> SecretKey {
            SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
        }
        let ring = KeyRing(base: base, tokenSecret: secret(byte), wrappingSecrets: [1: secret(byte + 1)])
        return try BaseVault(ring: #require(ring))
    }
}
