import Bureau
import Testing

@testable import Vault

extension [UInt8] {
    /// The bytes of a hexadecimal text; pairs that are no digits are left out.
    init(hex: String) {
        let digits = Array<Character>(hex)
        self = stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A secret of 32 equal bytes.
func secret(_ byte: UInt8) -> SecretKey {
    SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
}

/// A vault whose ring is the same in every run.
func fixedVault(_ base: Base, wrapping: [UInt32: UInt8] = [1: 0x22]) throws -> BaseVault {
    let ring = KeyRing(base: base, tokenSecret: secret(0x11), wrappingSecrets: wrapping.mapValues(secret))
    return try BaseVault(ring: #require(ring))
}

/// A data key that is the same in every run.
func fixedDataKey(_ base: Base, _ subject: SubjectToken, generation: UInt32, byte: UInt8 = 0x33) -> DataKey {
    DataKey(base: base, subject: subject, generation: generation) {
        $0.copyBytes(from: [UInt8](repeating: byte, count: 32))
    }
}

/// A token of 32 equal bytes.
func token(_ byte: UInt8) throws -> SubjectToken {
    try #require(SubjectToken(bytes: [UInt8](repeating: byte, count: 32)))
}

extension VaultSession {
    mutating func token(of digits: String) -> SubjectToken {
        let digits = Array(digits.utf8)
        return digits.withUnsafeBufferPointer { token(of: $0) }
    }
}
