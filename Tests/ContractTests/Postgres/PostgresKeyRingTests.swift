import Bureau
import Repositories
import StorePostgres
import Testing

@Suite("PostgreSQL: the key ring's mark", .enabled(if: PostgresSchema.isTested))
struct PostgresKeyRingTests {
    private let schema: PostgresSchema
    private let store: PostgresPersonStore

    init() throws {
        schema = try PostgresSchema()
        try schema.migrate()
        store = try schema.open()
    }

    private func ring(_ byte: UInt8) throws -> KeyRingFingerprint {
        try #require(KeyRingFingerprint(bytes: [UInt8](repeating: byte, count: KeyRingFingerprint.byteCount)))
    }

    @Test("a store without persons is bound to nothing, and one with persons gives one of their data keys")
    func unbound() async throws {
        #expect(try await store.keyRingMark() == .unbound(nil))
        _ = try await store.create([Sample.creation(1)])
        let sample = KeyRingSample(token: Sample.token(1), dataKey: Sample.dataKey())
        #expect(try await store.keyRingMark() == .unbound(sample))
    }

    @Test("the first ring stays, whoever comes later, in every store on the place")
    func bound() async throws {
        let first = try ring(1)
        #expect(try await store.bind(first) == first)
        #expect(try await store.bind(ring(2)) == first)
        #expect(try await schema.open().keyRingMark() == .bound(first))
    }

    @Test("of rings that are bound at the same time one wins, and everybody is told which")
    func race() async throws {
        let stores = [store, try schema.open()]
        let winners = try await withThrowingTaskGroup(of: KeyRingFingerprint.self) { group in
            for byte in UInt8(1)...8 {
                group.addTask { try await stores[Int(byte) % 2].bind(ring(byte)) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(winners.count == 1)
    }

    @Test(
        "the daemon may not change the mark",
        arguments: ["UPDATE key_ring SET fingerprint = fingerprint", "DELETE FROM key_ring", "TRUNCATE key_ring"])
    func rights(sql: String) throws {
        #expect(try schema.stateAsDaemon(sql) == "42501")
    }
}
