import Bureau
import Repositories
import Testing

@Suite("Base B: receipts")
struct ProfileReceiptTests {
    private static func put(
        _ subject: Int, key: Int, expecting version: Int64? = nil, at second: Int = 0
    ) -> ProfilePut {
        var put = Sample.put(subject, expecting: version, at: second)
        put.receipt = Sample.receipt(key, of: subject, at: second)
        return put
    }

    private static func deletion(_ subject: Int, key: Int, expecting version: Int64? = nil) -> ProfileDeletion {
        var deletion = Sample.deletion(subject, expecting: version)
        deletion.receipt = Sample.receipt(key, of: subject)
        return deletion
    }

    private static func score(_ number: Int, of subject: Int, key: Int) -> NewScore {
        var score = Sample.score(number, of: subject)
        score.receipt = Sample.receipt(key, of: subject, body: [1, 2, UInt8(key)])
        return score
    }

    @Test("a write under a key takes effect once, and its receipt tells how", arguments: Driver<ProfilePlace>.all)
    func once(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let (store, other) = (try await place.open(), try await place.open())
        #expect(try await store.receipts([Sample.repeatKey(1, of: 1)]) == [nil])
        #expect(try await store.put([Self.put(1, key: 1, at: 5)]) == [.written(version: 1)])
        #expect(try await other.put([Self.put(1, key: 1, at: 6)]) == [.repeated])
        #expect(
            try await other.put([Self.put(1, key: 2, expecting: 1), Self.put(2, key: 1)])
                == [.written(version: 2), .written(version: 1)])
        #expect(try await store.profile(1)?.version == 2)
        var kept = Sample.receipt(1, of: 1, at: 5).receipt
        kept.version = 1
        let keys = [(1, 1), (2, 1), (1, 2), (3, 1), (1, 9)].map { Sample.repeatKey($0, of: $1) }
        let receipts = try await other.receipts(keys)
        #expect(receipts[0] == kept)
        #expect(receipts.map { $0?.version } == [1, 2, 1, nil, nil])
        #expect(receipts[2]?.digest == Sample.id(1001))
    }

    @Test("what has no effect leaves no receipt", arguments: Driver<ProfilePlace>.all)
    func refused(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        let puts = [Self.put(1, key: 1, expecting: 7), Self.put(2, key: 1, expecting: 1)]
        #expect(try await store.put(puts) == [.versionConflict(current: 1), .versionConflict(current: 0)])
        let deletions = [Self.deletion(1, key: 2, expecting: 7), Self.deletion(2, key: 2)]
        #expect(try await store.delete(deletions) == [.versionConflict(current: 1), .notFound])
        #expect(try await store.append([Self.score(1, of: 2, key: 3)]) == [.notFound])
        let keys = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 2)].map { Sample.repeatKey($0, of: $1) }
        #expect(try await store.receipts(keys) == [nil, nil, nil, nil, nil])
    }

    @Test("receipts outlive the profile, and so does the deletion's own", arguments: Driver<ProfilePlace>.all)
    func deletions(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Self.put(1, key: 1)])
        #expect(try await store.delete([Self.deletion(1, key: 2, expecting: 1)]) == [.written(version: 1)])
        #expect(try await store.profile(1) == nil)
        #expect(try await store.delete([Self.deletion(1, key: 2)]) == [.repeated])
        #expect(try await store.put([Self.put(1, key: 1)]) == [.repeated])
        #expect(try await store.put([Self.put(1, key: 3, expecting: 0)]) == [.written(version: 2)])
        let receipts = try await store.receipts((1...3).map { Sample.repeatKey($0, of: 1) })
        #expect(receipts.map { $0?.version } == [1, 1, 2])
        #expect(try await store.profile(1)?.version == 2, "a repeated deletion does not delete the next profile")
    }

    @Test("a score under a key exists once, with all that its answer needs", arguments: Driver<ProfilePlace>.all)
    func scores(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let (store, other) = (try await place.open(), try await place.open())
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        let batch = [Self.score(1, of: 1, key: 1), Self.score(2, of: 1, key: 2), Sample.score(3, of: 1)]
        #expect(try await store.append(batch) == Array(repeating: .written(version: 1), count: 3))
        let again = [Self.score(4, of: 1, key: 1), Self.score(5, of: 2, key: 1)]
        #expect(try await other.append(again) == [.repeated, .written(version: 1)])
        let receipts = try await other.receipts([(1, 1), (2, 1), (1, 2)].map { Sample.repeatKey($0, of: $1) })
        #expect(receipts.map { $0?.body } == [[1, 2, 1], [1, 2, 2], [1, 2, 1]])
        #expect(try await other.scores(1).map(\.scoreID) == [3, 2, 1].map { Sample.id($0) })
        #expect(try await other.scores(2) == [Sample.kept(5, of: 2)])
    }

    @Test("stores that race with one key write once", arguments: Driver<ProfilePlace>.all)
    func race(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        for round in 1...10 {
            let outcomes = try await withThrowingTaskGroup(of: [WriteOutcome].self) { group in
                for index in 0..<4 {
                    group.addTask {
                        let put = try await stores[index % 2].put([Self.put(1, key: round, at: index)])
                        let score = try await stores[index % 2].append([
                            Self.score(round * 10 + index, of: 1, key: 100 + round)
                        ])
                        return put + score
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(outcomes.filter { $0 == .written(version: Int64(round)) }.count >= 1)
            #expect(outcomes.filter { $0 == .repeated }.count == 6, "round \(round): \(outcomes)")
        }
        #expect(try await stores[0].profile(1)?.version == 10)
        #expect(try await stores[0].scores(1).count == 10)
    }

    @Test("old receipts give way to new ones", arguments: Driver<ProfilePlace>.all)
    func retention(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let day = 86_400
        _ = try await store.put([Self.put(1, key: 1, at: 0)])
        _ = try await store.put([Self.put(1, key: 2, at: (Receipt.retentionDays - 1) * day)])
        #expect(try await store.receipts([Sample.repeatKey(1, of: 1)])[0]?.version == 1)
        _ = try await store.put([Self.put(1, key: 3, at: (Receipt.retentionDays + 1) * day)])
        let receipts = try await store.receipts((1...3).map { Sample.repeatKey($0, of: 1) })
        #expect(receipts.map { $0?.version } == [nil, 2, 3])
    }
}
