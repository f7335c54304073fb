import Bureau
import Testing

@testable import Vault

@Suite("The names of subjects in a study")
struct StudyKeyTests {
    private static func vault(_ byte: UInt8) throws -> BaseVault {
        func secret(_ byte: UInt8) -> SecretKey {
            SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
        }
        let ring = KeyRing(base: .b, tokenSecret: secret(byte), wrappingSecrets: [1: secret(byte + 1)])
        return try BaseVault(ring: #require(ring))
    }

    private static let token = SubjectToken { $0.copyBytes(from: (0..<32).map { UInt8($0) }) }

    private static func name(_ study: String, ring: UInt8 = 7) throws -> StudyName {
        try StudyKey(of: study, in: vault(ring)).withNames { $0.name(of: token) }
    }

    /// HKDF-SHA-256 and HMAC-SHA-256 of Python's `hmac`: a study that goes on for years keeps its names.
    @Test("are the known ones for known keys")
    func known() throws {
        let name = try Self.name("study-1")
        #expect(String(name.high, radix: 16) == "809f28fd0dddb6cf")
        #expect(String(name.low, radix: 16) == "c2aa37dceed64304")
    }

    @Test("are the same in one study, and have nothing in common in two, or under two rings")
    func studies() throws {
        #expect(try Self.name("a") == Self.name("a"))
        let names = [try Self.name("a"), try Self.name("b"), try Self.name("a", ring: 8)]
        #expect(Set(names).count == 3)
        #expect(Set(names.map(\.high)).count == 3 && Set(names.map(\.low)).count == 3)
    }

    @Test("a digest of a file follows from the study's key and the whole file")
    func digests() throws {
        let key = try StudyKey(of: "a", in: Self.vault(7))
        let other = try StudyKey(of: "b", in: Self.vault(7))
        #expect(key.digest(of: [1, 2]) == key.digest(of: [1, 2]))
        #expect(Set([key.digest(of: [1, 2]), key.digest(of: [1, 3]), other.digest(of: [1, 2])]).count == 3)
        #expect("\(key)" == "StudyKey")
    }
}
