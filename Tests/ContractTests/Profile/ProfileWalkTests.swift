import Bureau
import Repositories
import Services
import Testing

/// The walk through all profiles on every store of base B.
@Suite("Walks through profiles")
struct ProfileWalkTests {
    private static func walk(
        _ store: any ProfileRepository, segments: Int, limit: Int
    ) async throws -> [WalkedProfile] {
        var profiles: [WalkedProfile] = []
        for number in 0..<segments {
            var cursor: WalkCursor?
            repeat {
                let page = try await store.profiles(
                    WalkSegment(number: number, of: segments), after: cursor, limit: limit)
                profiles += page.profiles
                cursor = page.next
            } while cursor != nil
        }
        return profiles
    }

    /// Nothing for moto, which fails at a segment of a table with binary keys.
    private static func segmented(_ driver: Driver<ProfilePlace>, _ walks: [(Int, Int)]) -> [(Int, Int)] {
        driver.name.contains("moto") ? [] : walks
    }

    @Test(
        "the segments meet each profile once with the figures of its record, however many there are",
        arguments: Driver<ProfilePlace>.all)
    func walk(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        #expect(try await Self.walk(store, segments: 1, limit: 2) == [])
        _ = try await store.put((1...9).map { Sample.put($0, at: $0) })
        _ = try await store.put([Sample.put(Sample.bareContent(10), at: 10), Sample.put(2, at: 20)])
        let tokens = (1...10).map { Sample.token($0) }
        let facts = try await store.profiles(tokens).map { profile in
            let profile = try #require(profile)
            return ProfileFacts(profile, profile.times)
        }
        let expected = Dictionary(uniqueKeysWithValues: zip(tokens, facts))
        for (segments, limit) in [(1, 100), (1, 3)] + Self.segmented(driver, [(3, 1), (4, 100), (20, 2)]) {
            let met = try await Self.walk(store, segments: segments, limit: limit)
            #expect(met.count == 10, "\(segments) segments, \(limit) a page")
            #expect(Dictionary(uniqueKeysWithValues: met.map { ($0.token, $0.timedFacts) }) == expected)
        }
    }

    @Test(
        "a metered read finds what a read finds, and tells what DynamoDB charges",
        arguments: Driver<ProfilePlace>.all)
    func meters(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put((1...3).map { Sample.put($0) })
        let tokens = [2, 9, 1].map { Sample.token($0) }
        let read = try await store.readMetered(tokens)
        #expect(try read.profiles.map { try $0.get() } == (try await store.profiles(tokens)))
        #expect((read.readUnits >= 2) == (driver.name != "SQLite"))
    }

    @Test("no score, no deleted and no erased profile is met", arguments: Driver<ProfilePlace>.all)
    func others(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put((1...4).map { Sample.put($0) })
        _ = try await store.append((1...5).map { Sample.score($0, of: 1) })
        _ = try await store.delete([Sample.deletion(2)])
        try await store.bury([Sample.tombstone(3)])
        try await store.erase([Sample.token(3)])
        let met = try await Self.walk(store, segments: driver.name.contains("moto") ? 1 : 2, limit: 10)
        #expect(Set(met.map(\.token)) == [Sample.token(1), Sample.token(4)])
    }
}

extension WalkedProfile {
    /// The facts with the times beside them.
    fileprivate var timedFacts: ProfileFacts {
        var facts = facts
        (facts.createdAt, facts.updatedAt) = (times.created, times.updated)
        return facts
    }
}
