import Bureau
import Synchronization
import Testing

@testable import Vault

@Suite("Token keys")
struct TokenKeyTests {
    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let now = Mutex(Instant(secondsSinceEpoch: 1_000))
        func set(_ seconds: Int64) { now.withLock { $0 = Instant(secondsSinceEpoch: seconds) } }
        @Sendable func read() -> Instant { now.withLock { $0 } }
    }

    private let folder: TemporaryFolder
    private let clock = Clock()
    private let since = Instant(secondsSinceEpoch: 2_000)

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.path + "/ring" }

    private func vault() throws -> BaseVault {
        let watch = KeyRingWatch(path, base: .a, isMounted: false)
        return try BaseVault(ring: KeyRing.load(from: path, base: .a), clock: clock.read) { watch.readIfChanged() }
    }

    private func addKey(since: Instant? = nil) throws {
        _ = try KeyRing.addTokenKey(since: since ?? self.since, at: path, base: .a, isMounted: false)
    }

    @Test("a new key makes the tokens from its time on, in a vault in use as well, and nothing begins shortly before")
    func times() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let vault = try vault()
        let first = vault.withSession { $0.token(of: "52998224725") }
        #expect(first.keyNumber == 0 && first.bytes.count == 32)
        #expect(vault.tokenRotation() == .none)
        try addKey()
        vault.refresh()
        #expect(vault.tokenRotation() == .ahead(from: since))
        #expect(vault.withSession { $0.token(of: "52998224725") } == first)
        clock.set(1_998)
        #expect(vault.tokenRotation() == .pausing(until: since))
        clock.set(2_000)
        #expect(vault.tokenRotation() == .moving)
        let second = vault.withSession { $0.token(of: "52998224725") }
        #expect(second.keyNumber == 1 && second.bytes.count == 33 && second.bytes.last == 1)
        #expect(second.bytes.dropLast() != first.bytes[...])
        _ = try KeyRing.completeTokenKey(at: path, base: .a, isMounted: false)
        vault.refresh()
        #expect(vault.tokenRotation() == .none && vault.tokenKeyNumber == 1)
    }

    @Test("any token leads to the first, the present and all former ones, without the CPF")
    func turns() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let vault = try vault()
        var tokens = [vault.withSession { $0.token(of: "52998224725") }]
        for number in 1...3 as ClosedRange<Int64> {
            try addKey(since: Instant(secondsSinceEpoch: number))
            _ = try KeyRing.completeTokenKey(at: path, base: .a, isMounted: false)
            vault.refresh()
            tokens.append(vault.withSession { $0.token(of: "52998224725") })
        }
        #expect(Set(tokens).count == 4 && tokens.map(\.keyNumber) == [0, 1, 2, 3])
        #expect(tokens.allSatisfy { vault.first(of: $0) == tokens[0] && vault.present($0) == tokens[3] })
        #expect(vault.withSession { $0.former(tokens[3]) } == [tokens[2], tokens[1], tokens[0]])
        let stored = tokens.compactMap { SubjectToken(bytes: $0.bytes) }
        #expect(stored == tokens && tokens.sorted() == tokens.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
        #expect(SubjectToken(bytes: [UInt8](repeating: 0, count: 33)) == nil, "each token has one form")
    }

    @Test("what was sealed opens under each of the subject's tokens, and under no other's")
    func sealed() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let vault = try vault()
        func place(_ token: SubjectToken) -> SealedLocation {
            SealedLocation(base: .a, table: "person", column: "identity", subject: token, generation: 1)
        }
        let before = vault.withSession { $0.token(of: "52998224725") }
        let (wrapped, sealed) = try vault.withSession { session in
            let (key, wrapped) = try session.makeDataKey(for: before)
            return (wrapped, try session.seal([1, 2, 3], with: key, at: place(before)))
        }
        try addKey(since: Instant(secondsSinceEpoch: 1))
        vault.refresh()
        try vault.withSession { session in
            let after = session.token(of: "52998224725")
            let key = try session.unwrap(wrapped, for: after)
            #expect(try session.open(sealed, with: key, at: place(after)) == [1, 2, 3])
            #expect(try session.open(sealed, with: key, at: place(before)) == [1, 2, 3])
            let other = session.token(of: "11144477735")
            #expect(throws: VaultError.notAuthentic) { try session.unwrap(wrapped, for: other) }
            #expect(throws: VaultError.notAuthentic) { try session.open(sealed, with: key, at: place(other)) }
            let again = try session.seal([4], with: key, at: place(after))
            #expect(try session.open(again, with: key, at: place(before)) == [4])
        }
    }

    @Test("notes are sealed under a key that goes with the token key, and a ring from before opens none of them")
    func notes() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let former = try vault()
        let old = try former.withSession { try $0.sealNote([1], for: .tombstone, row: [9]) }
        let copy = try BaseVault(ring: KeyRing.load(from: path, base: .a))
        try addKey(since: Instant(secondsSinceEpoch: 1))
        let vault = try vault()
        let new = try vault.withSession { try $0.sealNote([2], for: .tombstone, row: [9]) }
        #expect(old.noteKeyNumber == 0 && new.noteKeyNumber == 1)
        #expect(try vault.withSession { try $0.openNote(old, for: .tombstone, row: [9]) } == [1])
        #expect(try vault.withSession { try $0.openNote(new, for: .tombstone, row: [9]) } == [2])
        #expect(try former.withSession { try $0.openNote(new, for: .tombstone, row: [9]) } == [2], "it looks again")
        #expect(throws: VaultError.unknownTokenKey(number: 1)) {
            try copy.withSession { try $0.openNote(new, for: .tombstone, row: [9]) }
        }
    }

    @Test("a ring takes one new token key at a time, and keeps them over rotations of wrapping keys")
    func ring() throws {
        _ = try KeyRing.create(at: path, base: .a)
        #expect(throws: KeyRingError.noTokenKey) {
            try KeyRing.completeTokenKey(at: path, base: .a, isMounted: false)
        }
        try addKey()
        #expect(throws: KeyRingError.tokensAreMoving) { try addKey() }
        _ = try KeyRing.rotate(at: path, base: .a, isMounted: false)
        _ = try KeyRing.completeTokenKey(at: path, base: .a, isMounted: false)
        try addKey()
        _ = try KeyRing.retire(1, at: path, base: .a, isMounted: false)
        let ring = try KeyRing.load(from: path, base: .a)
        #expect(ring.newestTokenKey == 2 && ring.wrappingKeyNumbers == [2])
        #expect(ring.tokenKeys[1]?.isComplete == true && ring.tokenKeys[2]?.isComplete == false)
    }

    @Test("a store that has not seen a complete token key was put back, and is moved again")
    func putBack() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let before = try vault().notes(besides: [])
        try addKey(since: Instant(secondsSinceEpoch: 1))
        _ = try KeyRing.completeTokenKey(at: path, base: .a, isMounted: false)
        let vault = try vault()
        #expect(vault.flaw(beside: before + vault.tokenKeyNotes) == nil && vault.tokenRotation() == .none)
        #expect(vault.flaw(beside: before) == nil && vault.tokenRotation() == .moving)
        #expect(vault.notes(besides: before) == [], "the end of the move notes it")
        #expect(vault.flaw(beside: before + vault.tokenKeyNotes) == nil && vault.tokenRotation() == .none)
        clock.set(0)
        #expect(vault.tokenKeyNumber == 1, "a key to which subjects were moved has begun, whatever a clock says")
    }

    @Test("a ring that lacks a token key that the store has seen, or has another one, is an old copy")
    func flaws() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let copy = try BaseVault(ring: KeyRing.load(from: path, base: .a))
        try addKey()
        let notes = try vault().notes(besides: [])
        #expect(notes.map(\.tokenKeyNumber) == [nil, 1])
        #expect(copy.flaw(beside: notes) == .lacksTokenKey(number: 1))
        #expect(try vault().flaw(beside: notes) == nil)
        #expect(try vault().notes(besides: notes) == [])
        var others = notes
        others[1].fingerprint = notes[0].fingerprint
        #expect(try vault().flaw(beside: others) == .differsInTokenKey(number: 1))
    }
}
