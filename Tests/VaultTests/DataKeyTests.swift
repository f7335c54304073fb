import Bureau
import Synchronization
import Testing

@testable import Vault

struct DataKeyTests {
    private let vault: BaseVault
    private let subject: SubjectToken

    init() throws {
        vault = try fixedVault(.a)
        subject = try token(1)
    }

    @Test("a wrapped key opens as the key that was made")
    func roundTrip() throws {
        try vault.withSession { session in
            let (key, wrapped) = try session.makeDataKey(for: subject)
            #expect(wrapped.bytes.count == WrappedDataKey.byteCount)
            let again = try session.unwrap(wrapped, for: subject)
            #expect(again.generation == 1)
            #expect(again.withBytes { Array($0) } == key.withBytes { Array($0) })
        }
    }

    @Test("every subject gets a key of its own, with random bytes")
    func distinct() throws {
        let keys = try vault.withSession { session in
            try (0..<1000).map { _ in try session.makeDataKey(for: subject).0.withBytes { Array($0) } }
        }
        #expect(Set(keys).count == 1000)
    }

    @Test("a wrapped key does not hold the key's bytes")
    func sealed() throws {
        let (key, wrapped) = try vault.withSession { try $0.makeDataKey(for: subject) }
        #expect(!wrapped.bytes.hex.contains(key.withBytes { Array($0) }.hex.prefix(16)))
    }

    @Test("a wrapped key does not open for another subject or in another base")
    func moved() throws {
        let (_, wrapped) = try vault.withSession { try $0.makeDataKey(for: subject) }
        let other = try token(2)
        _ = vault.withSession { session in
            #expect(throws: VaultError.notAuthentic) { try session.unwrap(wrapped, for: other) }
        }
        // The same ring secrets: only the base is another.
        _ = try fixedVault(.b).withSession { session in
            #expect(throws: VaultError.notAuthentic) { try session.unwrap(wrapped, for: subject) }
        }
    }

    @Test("no flipped bit goes unnoticed")
    func flippedBits() throws {
        try vault.withSession { session in
            let (_, wrapped) = try session.makeDataKey(for: subject)
            for bit in 0..<wrapped.bytes.count * 8 {
                var damaged = wrapped.bytes
                damaged[bit / 8] ^= 1 << (bit % 8)
                let number = damaged[1...4].reduce(0) { $0 << 8 | UInt32($1) }
                let expected: VaultError =
                    switch bit {
                    case ..<8: .malformed
                    case ..<40: .unknownWrappingKey(number: number)
                    default: .notAuthentic
                    }
                #expect(throws: expected) { try session.unwrap(WrappedDataKey(damaged), for: subject) }
            }
        }
    }

    @Test("a wrapped key of any other length is malformed")
    func lengths() throws {
        try vault.withSession { session in
            let (_, wrapped) = try session.makeDataKey(for: subject)
            for count in 0..<wrapped.bytes.count {
                #expect(throws: VaultError.malformed) {
                    try session.unwrap(WrappedDataKey(Array(wrapped.bytes.prefix(count))), for: subject)
                }
            }
            let longer = WrappedDataKey(wrapped.bytes + [0])
            #expect(throws: VaultError.malformed) { try session.unwrap(longer, for: subject) }
        }
    }

    @Test("a key that the ring lacks is told as often as it is met, however often")
    func missed() throws {
        let told = Mutex(0)
        let (_, wrapped) = try fixedVault(.a, wrapping: [7: 0x22]).withSession { try $0.makeDataKey(for: subject) }
        vault.onFlaw { told.withLock { $0 += 1 } }
        // A call that went one step deeper each time would end the process.
        for _ in 0..<100_000 {
            _ = vault.withSession { session in try? session.unwrap(wrapped, for: subject) }
        }
        #expect(told.withLock(\.self) == 100_000)
    }

    @Test("after a rotation the old keys open, and new ones are wrapped with the highest number")
    func rotation() throws {
        let (key, wrapped) = try vault.withSession { try $0.makeDataKey(for: subject) }
        let rotated = try fixedVault(.a, wrapping: [1: 0x22, 2: 0x44, 10: 0x55])
        try rotated.withSession { session in
            let old = try session.unwrap(wrapped, for: subject)
            #expect(old.withBytes { Array($0) } == key.withBytes { Array($0) })
            let (_, new) = try session.makeDataKey(for: subject)
            #expect(Array(new.bytes[1...4]) == [0, 0, 0, 10])
            #expect(try session.unwrap(new, for: subject).generation == 1)
            _ = vault.withSession { before in
                #expect(throws: VaultError.unknownWrappingKey(number: 10)) {
                    try before.unwrap(new, for: subject)
                }
            }
        }
        let before = vault.withSession { $0.token(of: "52998224725") }
        #expect(rotated.withSession { $0.token(of: "52998224725") } == before)
    }

    @Test("the same secret under another number is another wrapping key")
    func numbered() throws {
        let (_, wrapped) = try vault.withSession { try $0.makeDataKey(for: subject) }
        var renumbered = wrapped.bytes
        renumbered[4] = 2
        _ = try fixedVault(.a, wrapping: [2: 0x22]).withSession { session in
            #expect(throws: VaultError.notAuthentic) { try session.unwrap(WrappedDataKey(renumbered), for: subject) }
        }
    }
}
