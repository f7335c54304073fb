import Bureau
import Testing

@testable import Vault

struct VaultSessionTests {
    @Test("a token has the length of every token, and its bytes give it back")
    func roundTrip() throws {
        let token = try fixedVault(.a).withSession { $0.token(of: "00000000191") }
        #expect(SubjectToken(bytes: token.bytes) == token)
        #expect(token.bytes.count == SubjectToken.byteCount)
    }

    @Test("neighbouring CPFs have different tokens, and one session repeats them exactly")
    func distinct() throws {
        try fixedVault(.a).withSession { session in
            let digits = (0..<1000).map { String(52_998_224_725 + $0) }
            let tokens = digits.map { session.token(of: $0) }
            #expect(Set(tokens).count == 1000)
            #expect(digits.map { session.token(of: $0) } == tokens)
        }
    }

    @Test("sessions on many threads at once give the same tokens")
    func concurrent() async throws {
        let vault = try fixedVault(.b)
        let digits = (0..<200).map { String(10_000_000_000 + $0) }
        let expected = vault.withSession { session in digits.map { session.token(of: $0) } }
        await withTaskGroup(of: [SubjectToken].self) { group in
            for _ in 0..<16 {
                group.addTask { vault.withSession { session in digits.map { session.token(of: $0) } } }
            }
            for await tokens in group {
                #expect(tokens == expected)
            }
        }
    }

    @Test("a session makes tokens and seals values in any order")
    func mixes() throws {
        try fixedVault(.a).withSession { session in
            let before = session.token(of: "52998224725")
            let (key, wrapped) = try session.makeDataKey(for: before)
            let home = SealedLocation(base: .a, table: "t", column: "c", subject: before, generation: 1)
            let sealed = try session.seal([1, 2, 3], with: key, at: home)
            #expect(session.token(of: "52998224725") == before)
            #expect(try session.open(sealed, with: session.unwrap(wrapped, for: before), at: home) == [1, 2, 3])
        }
    }
}
