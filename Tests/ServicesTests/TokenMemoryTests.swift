import Bureau
import Synchronization
import Testing

@testable import Services
@testable import Vault

@Suite("Tokens that base C's vault remembers")
struct TokenMemoryTests {
    /// More than there are places, so that subjects take them from each other.
    private static let cpfs = (0..<100_000 as Range<UInt64>).compactMap { number in
        (0..<100 as Range<UInt64>).lazy.compactMap { CPF(number: (123_456_000 + 7 * number) * 100 + $0) }.first
    }

    private func made(_ vault: BaseVault, _ cpfs: some Sequence<CPF>) -> [SubjectToken] {
        vault.withSession { session in cpfs.map { session.token(of: $0) } }
    }

    @Test("a subject has the token that is made of its CPF, on many threads, the first time and later")
    func same() async throws {
        let vault = try BaseVault.fixed(.c, byte: 1)
        #expect(vault.tokenMemory != nil)
        let expected = made(vault, Self.cpfs)
        await withTaskGroup(of: Void.self) { tasks in
            for part in 0..<4 {
                tasks.addTask {
                    for start in stride(from: part * 500, to: 2 * Self.cpfs.count, by: 1_500) {
                        let indices = (start..<start + 512).map { $0 % Self.cpfs.count }
                        #expect(vault.tokens(of: indices.lazy.map { Self.cpfs[$0] }) == indices.map { expected[$0] })
                    }
                }
            }
        }
    }

    @Test("a subject whose token is remembered has the token of a new key once that has begun")
    func rotation() throws {
        let now = Mutex(BaseVault.tokenKeySince.later(by: -10_000_000))
        let vault = try BaseVault.fixed(.c, byte: 1, rotatingBy: { now.withLock { $0 } })
        let cpfs = Self.cpfs.prefix(100)
        let before = vault.tokens(of: cpfs)
        #expect(before.allSatisfy { $0.keyNumber == 0 })
        now.withLock { $0 = BaseVault.tokenKeySince }
        let after = vault.tokens(of: cpfs)
        #expect(after.allSatisfy { $0.keyNumber == 1 } && after == made(vault, cpfs))
        #expect(after.map(vault.first) == before)
    }

    @Test("an erased subject is forgotten, and has its token when it is asked for again")
    func forgets() throws {
        let vault = try BaseVault.fixed(.c, byte: 1)
        let (one, other) = (Self.cpfs[0], Self.cpfs[1])
        let tokens = vault.tokens(of: [one, other])
        let memory = try #require(vault.tokenMemory)
        /// Whether nothing had to be made.
        func remembers(_ cpf: CPF) -> Bool? {
            memory.withTable { table in
                var isMade = false
                _ = table.token(of: cpf) {
                    isMade = true
                    return vault.withSession { $0.firstToken(of: cpf) }
                }
                return !isMade
            }
        }
        #expect(remembers(one) == true)
        memory.forget(one)
        #expect(remembers(one) == false && remembers(other) == true)
        #expect(vault.tokens(of: [one, other]) == tokens)
    }

    @Test("an erasure has base C's vault forget the person")
    func erasure() async throws {
        let bureau = try TestBureau()
        _ = await bureau.services.persons.create([Sample.draft(0)])
        let cpf = Sample.person(0).cpf
        let vault = bureau.services.erasures.vaultC
        let token = vault.tokens(of: [cpf])[0]
        let access = Access(method: "subject.erase", groups: [], duty: .rights)
        let request = ErasureRequest(cpf: cpf, reason: .subjectRequest, access: access)
        #expect(try await bureau.services.erasures.erase([request])[0].get().completion != nil)
        let kept = vault.tokenMemory?.withTable { $0.token(of: cpf) { SubjectToken(keyNumber: 9) { _ in } } }
        #expect(kept?.keyNumber == 9 && token.keyNumber == 0, "it would have been made anew")
    }

    @Test("other bases remember nothing", arguments: [Base.a, .b])
    func others(base: Base) throws {
        #expect(try BaseVault.fixed(base, byte: 1).tokenMemory == nil)
    }
}
