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

    /// What holds of the wrapping keys that a store has seen, on every store.
    private static func wrappingKeys(_ store: any Store, _ other: any Store, counts: Bool = true) async throws {
        #expect(try await store.wrappingKeys() == [])
        let notes = try [2, 1, 10].map { WrappingKeyNote(number: $0, fingerprint: try ring(UInt8($0))) }
        try await store.note(notes)
        try await other.note([WrappingKeyNote(number: 2, fingerprint: try ring(99))])
        #expect(try await other.wrappingKeys() == notes.sorted { $0.number < $1.number }, "the first stays")
        try await other.setRetired(true, 1)
        #expect(try await store.wrappingKeys().map(\.isRetired) == [true, false, false])
        guard counts else { return }
        #expect(try await !store.reserve(1, of: 1, most: 100), "it is retired")
        #expect(try await !store.reserve(1, of: 3, most: 100), "it was never noted")
        let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<8 {
                let store = index % 2 == 0 ? store : other
                group.addTask { try await store.reserve(30, of: 2, most: 100) }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 3, "no more is reserved than the bound allows")
        #expect(try await store.reserve(10, of: 2, most: 100))
        #expect(try await !store.reserve(1, of: 2, most: 100))
        try await store.setRetired(false, 1)
        #expect(try await other.reserve(7, of: 1, most: 100))
        #expect(try await other.wrappingKeys().map(\.encryptions) == [7, 100, 0])
    }

    @Test("base A remembers wrapping keys and counts their encryptions", arguments: Driver<PersonPlace>.all)
    func wrappingKeysOfPersons(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        try await Self.wrappingKeys(try await place.open(), try await place.open())
    }

    @Test("base B remembers wrapping keys and counts their encryptions", arguments: Driver<ProfilePlace>.all)
    func wrappingKeysOfProfiles(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        try await Self.wrappingKeys(store, try await place.open())
        #expect(try await store.keyRingMark() == .unbound(nil), "a wrapping key is no profile, and no mark")
        #expect(try await store.dataKeys(after: nil, limit: 10).keys == [])
    }

    @Test("base C in a file remembers wrapping keys")
    func wrappingKeysOfEvents() async throws {
        let place = try await Driver<EventPlace>.sqlite.makePlace()
        try await Self.wrappingKeys(try await place.open(), try await place.open())
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
