import Bureau
import Testing

@testable import Vault

struct TokenTests {
    @Test("bytes that a store returns give the token back")
    func roundTrip() throws {
        let token = try fixedVault(.a).withSession { $0.token(of: "00000000191") }
        #expect(SubjectToken(bytes: token.bytes) == token)
        #expect(token.withBytes { SubjectToken(bytes: $0) } == token)
        #expect(token.bytes.count == SubjectToken.byteCount)
    }

    @Test("bytes of another length are no token", arguments: [0, 1, 31, 33, 64])
    func length(count: Int) {
        #expect(SubjectToken(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test("tokens are in the order of their bytes, and differ when any byte does")
    func order() throws {
        let low = try token(0x7F)
        for position in 0..<SubjectToken.byteCount {
            var bytes = low.bytes
            bytes[position] = 0x80
            // A last byte that would win if the order were not by the first difference.
            if position < 31 { bytes[31] = 0 }
            let high = try #require(SubjectToken(bytes: bytes))
            #expect(low < high)
            #expect(!(high < low))
            #expect(low != high)
        }
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
}
