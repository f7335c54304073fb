import Bureau
import Testing

@testable import Vault

@Suite("Rotation of wrapping keys")
struct RotationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.path + "/ring" }

    private func vault() throws -> BaseVault {
        let watch = KeyRingWatch(path, base: .a, isMounted: false)
        return try BaseVault(
            ring: KeyRing.load(from: path, base: .a), readIfChanged: { watch.readIfChanged() })
    }

    @Test("a key that is wrapped anew is the same key, under the newest number, and opens what it has sealed")
    func rewrap() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let vault = try vault()
        let subject = try token(1)
        let place = SealedLocation(base: .a, table: "person", column: "identity", subject: subject, generation: 1)
        let (wrapped, sealed) = try vault.withSession { session in
            let (key, wrapped) = try session.makeDataKey(for: subject)
            return (wrapped, try session.seal([1, 2, 3], with: key, at: place))
        }
        #expect(try vault.withSession { try $0.rewrap(wrapped, for: subject) } == nil, "no newer key")
        #expect(try KeyRing.rotate(at: path, base: .a, isMounted: false).wrappingKeyNumbers == [1, 2])
        vault.refresh()
        let again = try #require(try vault.withSession { try $0.rewrap(wrapped, for: subject) })
        #expect(again != wrapped && again.isSameKey(as: wrapped))
        #expect(again.wrappingKeyNumber == 2)
        try vault.withSession { session in
            let key = try session.unwrap(again, for: subject)
            #expect(try session.open(sealed, with: key, at: place) == [1, 2, 3])
            let (_, other) = try session.makeDataKey(for: subject)
            #expect(!other.isSameKey(as: again) && other.wrappingKeyNumber == 2)
        }
    }

    @Test("a vault in use takes a rotation when it meets a key of it")
    func unknownNumber() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let (old, subject) = (try vault(), try token(1))
        _ = try KeyRing.rotate(at: path, base: .a, isMounted: false)
        let wrapped = try vault().withSession { try $0.makeDataKey(for: subject).1 }
        #expect(wrapped.wrappingKeyNumber == 2)
        #expect(throws: Never.self) { try old.withSession { try $0.unwrap(wrapped, for: subject) } }
        #expect(old.wrappingKeyNumbers == [1, 2])
    }

    @Test("a ring without a retired key opens nothing that is still under it, nor does a ring from before the rotation")
    func retired() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let before = try KeyRing.load(from: path, base: .a)
        let subject = try token(1)
        let first = try vault().withSession { try $0.makeDataKey(for: subject).1 }
        _ = try KeyRing.rotate(at: path, base: .a, isMounted: false)
        let second = try #require(try vault().withSession { try $0.rewrap(first, for: subject) })
        #expect(throws: KeyRingError.notRetirable(2)) {
            try KeyRing.retire(2, at: path, base: .a, isMounted: false)
        }
        #expect(throws: KeyRingError.notRetirable(3)) {
            try KeyRing.retire(3, at: path, base: .a, isMounted: false)
        }
        #expect(try KeyRing.retire(1, at: path, base: .a, isMounted: false).wrappingKeyNumbers == [2])
        let vault = try vault()
        #expect(throws: VaultError.unknownWrappingKey(number: 1)) {
            try vault.withSession { try $0.unwrap(first, for: subject) }
        }
        #expect(throws: VaultError.unknownWrappingKey(number: 2)) {
            try BaseVault(ring: before).withSession { try $0.unwrap(second, for: subject) }
        }
        #expect(try BaseVault(ring: before).fingerprint == vault.fingerprint, "tokens stay")
    }

    @Test("rotations at the same time leave one key each")
    func together() async throws {
        _ = try KeyRing.create(at: path, base: .b)
        try await withThrowingTaskGroup(of: Void.self) { [path] group in
            for _ in 0..<8 {
                group.addTask { _ = try KeyRing.rotate(at: path, base: .b, isMounted: false) }
            }
            try await group.waitForAll()
        }
        #expect(try KeyRing.load(from: path, base: .b).wrappingKeyNumbers == Array(1...9))
    }

    @Test("another ring in the file's place changes nothing of a vault in use")
    func replaced() throws {
        _ = try KeyRing.create(at: path, base: .a)
        let vault = try vault()
        let other = folder.path + "/other"
        _ = try KeyRing.create(at: other, base: .a)
        _ = try KeyRing.rotate(at: other, base: .a, isMounted: false)
        try KeyRing.load(from: other, base: .a).restore(at: path)
        vault.refresh()
        #expect(vault.wrappingKeyNumbers == [1])
    }
}
