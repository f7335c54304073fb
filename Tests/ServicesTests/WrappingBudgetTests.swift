import Bureau
import Repositories
import Services
import Synchronization
import Testing

@testable import Vault

@Suite("Encryptions of a wrapping key")
struct WrappingBudgetTests {
    /// What a store has seen, in memory.
    private final class Register: WrappingKeyRegister {
        let notes = Mutex<[UInt32: WrappingKeyNote]>([:])
        let isAway = Atomic(false)

        func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] {
            if isAway.load(ordering: .relaxed) { throw .unavailable(.a, .away, retryAfterMilliseconds: 1) }
            return notes.withLock { $0.values.sorted { $0.number < $1.number } }
        }

        func note(_ keys: [WrappingKeyNote]) async throws(StoreError) {
            notes.withLock { notes in for key in keys where notes[key.number] == nil { notes[key.number] = key } }
        }

        func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool {
            notes.withLock { notes in
                guard let note = notes[number], !note.isRetired, note.encryptions + count <= most else { return false }
                notes[number]?.encryptions += count
                return true
            }
        }

        func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {}

        var reserved: Int64? { notes.withLock { $0[1]?.encryptions } }
    }

    private let register = Register()
    private let vault: BaseVault

    init() throws {
        vault = try BaseVault.fixed(.a, byte: 0x11)
    }

    private func budget(most: Int64) -> WrappingBudget {
        WrappingBudget(vault: vault, register: register, most: most)
    }

    /// Takes one after the other until it is refused; returns how many it was given, and the code of the refusal.
    private func takeAll(_ budget: WrappingBudget) async -> (count: Int, code: String?) {
        for count in 0..<10_000 {
            do throws(ServiceError) {
                try await budget.take(1)
            } catch {
                guard case .store(.unavailable(.a, let reason, _)) = error else { return (count, nil) }
                return (count, reason.code)
            }
        }
        return (10_000, nil)
    }

    @Test("no more is given than the bound, and what was given is reserved before")
    func bound() async throws {
        let budget = budget(most: 1000)
        try await budget.take(1)
        #expect(try #require(register.reserved) >= 1)
        let (count, code) = await takeAll(budget)
        #expect(count == 999 && code == StoreReason.spentWrappingKey)
        #expect(register.reserved == 1000)
    }

    @Test("several processes stay below the bound together; what a killed one had reserved counts as used")
    func processes() async throws {
        let first = budget(most: 300)
        try await first.take(1)
        let block = try #require(register.reserved)
        // Nothing of the first is left but its reservation, as after kill -9.
        let (count, code) = await takeAll(budget(most: 300))
        #expect(Int64(count) == 300 - block && code == StoreReason.spentWrappingKey)
    }

    @Test("a batch that is longer than a block is reserved as a whole, or refused as a whole")
    func batches() async throws {
        let budget = budget(most: 1000)
        try await budget.take(900)
        #expect(register.reserved == 900)
        await #expect(throws: ServiceError.self) { try await budget.take(101) }
        try await budget.take(100)
        #expect(register.reserved == 1000)
    }

    @Test("a ring that is an old copy is given nothing")
    func oldCopy() async throws {
        let newer = KeyRing(
            base: .a, tokenSecret: SecretKey { _ in }, wrappingSecrets: [1: SecretKey { _ in }, 2: SecretKey { _ in }])
        try await register.note(try BaseVault(ring: #require(newer)).notes(besides: vault.notes(besides: [])))
        let (count, code) = await takeAll(budget(most: 1000))
        #expect(count == 0 && code == StoreReason.oldKeyRing)
    }

    @Test("nothing is wrapped while the store cannot be asked")
    func away() async throws {
        register.isAway.store(true, ordering: .relaxed)
        await #expect(throws: ServiceError.store(.unavailable(.a, .away, retryAfterMilliseconds: 1))) {
            try await budget(most: 10).take(1)
        }
        #expect(register.reserved == nil)
    }
}

extension StoreReason {
    fileprivate static let away = StoreReason(.unreachable, "it is away")
}
