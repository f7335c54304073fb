import Bureau
import Testing

@testable import Vault

@Suite("A ring beside what a store has seen")
struct RingFlawTests {
    private func notes(_ wrapping: [UInt32: UInt8], retired: Set<UInt32> = []) throws -> [WrappingKeyNote] {
        try fixedVault(.a, wrapping: wrapping).notes(besides: []).map { note in
            var note = note
            note.isRetired = retired.contains(note.number)
            return note
        }
    }

    @Test("a ring fits a store that has seen nothing, or its own keys, or keys that were retired since")
    func fits() throws {
        let vault = try fixedVault(.a, wrapping: [2: 2, 3: 3])
        #expect(vault.flaw(beside: []) == nil)
        #expect(try vault.flaw(beside: notes([2: 2, 3: 3])) == nil)
        #expect(try vault.flaw(beside: notes([2: 2])) == nil)
        #expect(try vault.flaw(beside: notes([1: 1, 2: 2], retired: [1])) == nil)
    }

    @Test("a ring lacks a key that the store has seen, the newest or a former one that was not retired")
    func lacks() throws {
        let old = try fixedVault(.a, wrapping: [1: 1])
        #expect(try old.flaw(beside: notes([1: 1, 2: 2])) == .lacks(number: 2))
        #expect(try old.flaw(beside: notes([1: 1, 2: 2], retired: [1])) == .lacks(number: 2))
        let cut = try fixedVault(.a, wrapping: [2: 2])
        #expect(try cut.flaw(beside: notes([1: 1, 2: 2])) == .lacks(number: 1))
    }

    @Test("a ring of two that were rotated apart has another key of the same number")
    func differs() throws {
        let apart = try fixedVault(.a, wrapping: [1: 1, 2: 9])
        #expect(try apart.flaw(beside: notes([1: 1, 2: 2])) == .differs(number: 2))
    }

    @Test("a store is given the keys above those that it has seen, with marks that tell base, number and key apart")
    func notes() throws {
        let vault = try fixedVault(.a, wrapping: [2: 7, 4: 7, 5: 5])
        let all = vault.notes(besides: [])
        #expect(all.map(\.number) == [2, 4, 5])
        #expect(Set(all.map(\.fingerprint)).count == 3)
        #expect(try vault.notes(besides: notes([4: 7])).map(\.number) == [5], "2 was retired before notes were taken")
        #expect(vault.notes(besides: all) == [])
        #expect(try fixedVault(.b, wrapping: [2: 7]).notes(besides: [])[0].fingerprint != all[0].fingerprint)
    }
}
