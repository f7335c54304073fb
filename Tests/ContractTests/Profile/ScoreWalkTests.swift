import Bureau
import Repositories
import Testing

@Suite("Base B: the walk through the scores of a span")
struct ScoreWalkTests {
    @Test(
        "a walk meets each score of its span once, whoever it is about, and no other",
        arguments: Driver<ProfilePlace>.all)
    func walk(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        for number in 1...25 {
            try await store.append([Sample.score(number, of: 1 + number % 2, packed: [UInt8(number)])])
        }
        let span = InstantSpan(from: Sample.instant(5), to: Sample.instant(20))
        for limit in [1, 7, 100] {
            var found: [ScoreRecord] = []
            var cursor: WalkCursor?
            repeat {
                let page = try await store.scores(in: span, after: cursor, limit: limit)
                #expect(page.scores.count <= limit)
                found += page.scores
                cursor = page.next
            } while cursor != nil
            let kept = (5..<20).map { Sample.kept($0, of: 1 + $0 % 2, packed: [UInt8($0)]) }
            #expect(found.sorted { $0.scoreID < $1.scoreID } == kept)
        }
    }

    @Test("a score of a clock that is days off hides no other", arguments: Driver<ProfilePlace>.all)
    func wrongClock(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        let day = 86_400
        for number in 1...20 {
            let isOff = number == 11
            try await store.append([
                Sample.score(isOff ? 400 * day : number * day, of: 1, packed: [UInt8(number)])
            ])
        }
        let span = InstantSpan(from: Sample.instant(3 * day), to: Sample.instant(18 * day))
        let found = try await store.scores(in: span, after: nil, limit: 100).scores.map(\.scoreID)
        #expect(found.sorted() == Array(3..<18).filter { $0 != 11 }.map { Sample.id($0 * day) })
    }

    @Test("a span without scores has none, and a deleted profile leaves none", arguments: Driver<ProfilePlace>.all)
    func nothing(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        try await store.append([Sample.score(3, of: 1)])
        let all = InstantSpan(from: Sample.instant(1), to: Sample.instant(9))
        let later = InstantSpan(from: Sample.instant(4), to: Sample.instant(9))
        #expect(try await store.scores(in: all, after: nil, limit: 100).scores.count == 1)
        #expect(try await store.scores(in: later, after: nil, limit: 100).scores.isEmpty)
        _ = try await store.delete([ProfileDeletion(token: Sample.token(1), expectedVersion: nil)])
        #expect(try await store.scores(in: all, after: nil, limit: 100).scores.isEmpty)
    }
}
