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

    @Test("other bases remember nothing", arguments: [Base.a, .b])
    func others(base: Base) throws {
        #expect(try BaseVault.fixed(base, byte: 1).tokenMemory == nil)
    }
}
