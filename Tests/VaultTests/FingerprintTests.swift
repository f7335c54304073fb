import Bureau
import Glibc
import Testing

@testable import Vault

@Suite("The fingerprint of a key ring")
struct FingerprintTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func vault(_ base: Base, token: String, wrapping: [String]) throws -> BaseVault {
        let lines = wrapping.enumerated().map { "wrap \($0 + 1) \(String(repeating: $1, count: 32))\n" }
        let text = "creditd key ring 1\nbase \(base.rawValue)\ntoken \(String(repeating: token, count: 32))\n"
        let path = try folder.write(text + lines.joined(), to: "ring\(base)\(token)\(wrapping.count)")
        return try BaseVault(ring: KeyRing.load(from: path, base: base))
    }

    /// HKDF-SHA-256 and HMAC-SHA-256 of Python's `hmac`: a stored fingerprint must stay readable by later versions.
    @Test("is the known one for known keys")
    func known() throws {
        let ring = try vault(.a, token: "1a", wrapping: ["2b"])
        #expect(
            ring.fingerprint.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                == "82b062b73185498815ab9656d201e9e185952baf13af45d2b8e8a6ff4bda3570")
    }

    @Test("differs by token key and by base, and stays when a wrapping key is added")
    func differs() throws {
        let first = try vault(.a, token: "1a", wrapping: ["2b"]).fingerprint
        #expect(try vault(.a, token: "1b", wrapping: ["2b"]).fingerprint != first)
        #expect(try vault(.b, token: "1a", wrapping: ["2b"]).fingerprint != first)
        #expect(try vault(.a, token: "1a", wrapping: ["2b", "3c"]).fingerprint == first)
    }

    @Test("a ring is proved by a data key that it has wrapped")
    func sample() throws {
        let ours = try vault(.a, token: "1a", wrapping: ["2b"])
        let other = try vault(.a, token: "1b", wrapping: ["2c"])
        let token = SubjectToken { $0.initializeMemory(as: UInt8.self, repeating: 7) }
        let (_, wrapped) = try ours.withSession { session throws(VaultError) in try session.makeDataKey(for: token) }
        #expect(ours.opens(KeyRingSample(token: token, dataKey: wrapped)))
        #expect(!other.opens(KeyRingSample(token: token, dataKey: wrapped)))
    }
}
