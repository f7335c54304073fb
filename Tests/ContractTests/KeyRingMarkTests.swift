import Bureau
import Repositories
import Testing

@Suite("The key ring that a store is bound to")
struct KeyRingMarkTests {
    private static func ring(_ byte: UInt8) throws -> KeyRingFingerprint {
        try #require(KeyRingFingerprint(bytes: Array(repeating: byte, count: KeyRingFingerprint.byteCount)))
    }

    /// Binds an unbound store by many at once, and looks at what stands.
    private static func bind(_ store: any Store) async throws {
        let rings = try (1...8).map { try ring($0) }
        let standing = try await withThrowingTaskGroup(of: KeyRingFingerprint.self) { group in
            for ring in rings { group.addTask { try await store.bind(ring) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        let winner = try #require(standing.first)
        #expect(standing.count == 1, "each learns which ring won")
        #expect(rings.contains(winner))
        #expect(try await store.keyRingMark() == .bound(winner))
        let late = try await store.bind(ring(9))
        #expect(late == winner)
    }

    @Test("base A is bound once; before that, one of its data keys proves a ring", arguments: Driver<PersonPlace>.all)
    func persons(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        #expect(try await store.keyRingMark() == .unbound(nil))
        let person = Sample.creation(1)
        _ = try await store.create([person], audit: [Sample.audit(1)])
        #expect(try await store.keyRingMark() == .unbound(KeyRingSample(token: person.token, dataKey: person.dataKey)))
        try await Self.bind(store)
        #expect(try await place.open().keyRingMark() != .unbound(nil))
        #expect(try await place.auditLog() == [Sample.record(1, 1)], "a mark is no access")
    }

    @Test("base B is bound once; before that, one of its data keys proves a ring", arguments: Driver<ProfilePlace>.all)
    func profiles(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        #expect(try await store.keyRingMark() == .unbound(nil))
        let profile = Sample.put(1).content
        _ = try await store.put([Sample.put(1)])
        let sample = KeyRingSample(token: profile.token, dataKey: profile.dataKey)
        #expect(try await store.keyRingMark() == .unbound(sample))
        try await Self.bind(store)
        #expect(try await store.profiles([profile.token]).first??.version == 1, "the mark is beside the data")
        #expect(try await place.open().keyRingMark() != .unbound(sample))
    }

    @Test("base C in a file is bound once")
    func events() async throws {
        let store = try await Driver<EventPlace>.sqlite.makePlace().open()
        #expect(try await store.keyRingMark() == .unbound(nil))
        try await Self.bind(store)
    }

    @Test("an embedded store passes its own check")
    func check() async throws {
        let stores: [any Store] = [
            try await Driver<PersonPlace>.sqlite.makePlace().open(),
            try await Driver<ProfilePlace>.sqlite.makePlace().open(),
            try await Driver<EventPlace>.sqlite.makePlace().open(),
        ]
        for store in stores {
            let checks = await store.check()
            #expect(checks.map(\.what) == ["reads", "writes"])
            #expect(checks.filter { !$0.hasPassed } == [])
        }
    }
}
