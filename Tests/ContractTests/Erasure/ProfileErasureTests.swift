import Bureau
import Repositories
import Testing

@Suite("Erased subjects in base B")
struct ProfileErasureTests {
    @Test("nothing of an erased profile stays but the tombstone", arguments: Driver<ProfilePlace>.all)
    func erasure(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        var put = Sample.put(1)
        put.receipt = Sample.receipt(1)
        _ = try await store.put([put, Sample.put(2)])
        var score = Sample.score(1, of: 1)
        score.receipt = Sample.receipt(2)
        _ = try await store.append([score, Sample.score(2, of: 1), Sample.score(3, of: 2)])
        #expect(try await store.hasAnything(of: 1))
        try await store.bury([Sample.tombstone(1)])
        try await store.erase([Sample.token(1)])
        #expect(try await store.profile(1) == nil)
        #expect(try await store.scores(1) == [])
        #expect(try await store.receipts([1, 2].map { Sample.repeatKey($0, of: 1) }) == [nil, nil])
        #expect(try await !store.hasAnything(of: 1))
        #expect(try await store.tombstone(1) == Sample.tombstone(1))
        #expect(try await store.profile(2)?.version == 1, "the neighbour stays")
        #expect(try await store.scores(2).count == 1)
    }

    @Test("no write takes effect beside a tombstone", arguments: Driver<ProfilePlace>.all)
    func refusal(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        try await store.bury([Sample.tombstone(1), Sample.tombstone(3)])
        try await store.erase([Sample.token(1), Sample.token(3)])
        for expected: Int64? in [nil, 0, 1] {
            for subject in [1, 3] {
                #expect(try await store.put([Sample.put(subject, expecting: expected)]) == [.erased])
            }
            var put = Sample.put(1, expecting: expected)
            put.receipt = Sample.receipt(1)
            #expect(try await store.put([put]) == [.erased])
        }
        #expect(try await store.put([Sample.put(1), Sample.put(2)]) == [.erased, .written(version: 1)])
        #expect(try await store.append([Sample.score(1, of: 1)]) == [.notFound])
        #expect(try await store.delete([Sample.deletion(1)]) == [.notFound])
        #expect(try await store.receipts([Sample.repeatKey(1, of: 1)]) == [nil])
        #expect(try await store.profile(1) == nil)
        #expect(try await !store.hasAnything(of: 1))
    }

    @Test("a deleted profile's last version goes too", arguments: Driver<ProfilePlace>.all)
    func version(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        _ = try await store.delete([Sample.deletion(1)])
        #expect(try await store.hasAnything(of: 1))
        try await store.bury([Sample.tombstone(1)])
        try await store.erase([Sample.token(1)])
        #expect(try await !store.hasAnything(of: 1))
    }

    @Test("an earlier tombstone stays, and erasing again changes nothing", arguments: Driver<ProfilePlace>.all)
    func repetition(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        try await store.bury([Sample.tombstone(1)])
        try await store.bury([Sample.tombstone(1, note: 1)])
        try await store.erase([Sample.token(1)])
        try await store.erase([Sample.token(1)])
        #expect(try await store.tombstone(1) == Sample.tombstone(1))
    }

    @Test("tombstones are listed in pages, each once", arguments: Driver<ProfilePlace>.all)
    func pages(driver: Driver<ProfilePlace>) async throws {
        try await expectPages(of: try await driver.makePlace().open())
    }

    @Test("more tombstones than a page are all listed", arguments: Driver<ProfilePlace>.all)
    func manyPages(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let tombstones = (0..<160).map { number in
            let token = SubjectToken { bytes in for index in bytes.indices { bytes[index] = .random(in: 0...255) } }
            return Tombstone(token: token, note: Sample.sealed(number))
        }
        try await store.bury(tombstones)
        for limit in [7, 50, 100, 159, 160, 161] {
            var listed: [Tombstone] = []
            while true {
                let page = try await store.tombstones(after: listed.last?.token, limit: limit)
                listed += page
                if page.count < limit { break }
            }
            #expect(listed == tombstones.sorted { $0.token < $1.token }, "\(limit)")
        }
    }

    @Test("writes and a burial at the same moment leave no profile", arguments: Driver<ProfilePlace>.all)
    func race(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        for subject in 1...10 {
            async let written = stores[0].put([Sample.put(subject)])
            try await stores[1].bury([Sample.tombstone(subject)])
            try await stores[1].erase([Sample.token(subject)])
            _ = try await written
            #expect(try await stores[0].profile(subject) == nil)
            #expect(try await !stores[0].hasAnything(of: subject))
        }
    }
}
