import Bureau
import Repositories
import Testing

@Suite("Base B: scores")
struct ProfileRepositoryScoreTests {
    @Test("scores are read as they were appended, the newest first", arguments: Driver<ProfilePlace>.all)
    func append(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        let low = Sample.score(2, of: 1, packed: [])
        let high = Sample.score(3, of: 1, packed: Array(0...255) + Array(0...255))
        let other = Sample.score(4, of: 2)
        try await store.append([high, other])
        try await store.append([low])
        let histories = try await store.scores([
            ScoreQuery(token: Sample.token(1), before: nil, limit: 10),
            ScoreQuery(token: Sample.token(9), before: nil, limit: 10),
            ScoreQuery(token: Sample.token(2), before: nil, limit: 10),
        ])
        #expect(histories == [[high, low], [], [other]].map { .success($0.map { ScoreRecord($0) }) })
    }

    @Test("pages follow each other without a gap or a repetition", arguments: Driver<ProfilePlace>.all)
    func pages(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        let numbers = Array(1...25)
        try await store.append(numbers.shuffled().map { Sample.score($0, of: 1) })
        try await store.append([Sample.score(100, of: 2)])

        var read: [RecordID] = []
        var before: Int?
        for expected in [10, 10, 5, 0] {
            let page = try await store.scores(1, before: before, limit: 10)
            #expect(page.count == expected)
            read += page.map(\.scoreID)
            before = 26 - read.count
        }
        #expect(read == numbers.reversed().map { Sample.id($0) })
    }

    @Test(
        "a page before an identifier that is not there starts below it, and a limit of 0 is empty",
        arguments: Driver<ProfilePlace>.all)
    func pageEdges(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        try await store.append([2, 4, 6].map { Sample.score($0, of: 1) })
        let before = try await store.scores(1, before: 5)
        #expect(before.map(\.scoreID) == [Sample.id(4), Sample.id(2)])
        #expect(try await store.scores(1, before: 2).isEmpty)
        #expect(try await store.scores(1, limit: 0).isEmpty)
        #expect(try await store.scores(1, limit: 1).map(\.scoreID) == [Sample.id(6)])
    }

    @Test("a new profile keeps the scores, a deletion takes them along", arguments: Driver<ProfilePlace>.all)
    func lifetime(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        try await store.append([Sample.score(1, of: 1)])
        _ = try await store.put([Sample.put(Sample.bareContent(1))])
        #expect(try await store.scores(1) == [Sample.kept(1, of: 1)])
        _ = try await store.delete([Sample.deletion(1)])
        #expect(try await store.scores(1).isEmpty)
        _ = try await store.put([Sample.put(1)])
        #expect(try await store.scores(1).isEmpty)
    }

    @Test("a score whose profile is gone is not kept, and its neighbours are", arguments: Driver<ProfilePlace>.all)
    func orphan(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(2)])
        try await store.append([Sample.score(1, of: 1), Sample.score(2, of: 2)])
        _ = try await store.put([Sample.put(1)])
        #expect(try await store.scores(1).isEmpty)
        #expect(try await store.scores(2) == [Sample.kept(2, of: 2)])
    }

    @Test("a score that is appended again is there once", arguments: Driver<ProfilePlace>.all)
    func again(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        try await store.append([Sample.score(1, of: 1)])
        try await store.append([Sample.score(1, of: 1)])
        #expect(try await store.scores(1) == [Sample.kept(1, of: 1)])
    }

    @Test(
        "hidden scores are paged through by their days, and walked with what shows them",
        arguments: Driver<ProfilePlace>.all)
    func hidden(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        let (day, start) = (Int64(86_400), Sample.instant(0).startOfDay)
        let times = (0..<12).map { number in
            Instant(secondsSinceEpoch: start.microsecondsSinceEpoch / 1_000_000 + Int64(number / 4) * day + 60)
        }
        var kept: [ScoreRecord] = []
        for (number, at) in times.enumerated() {
            let id = RecordID.make(at: at, random: UInt64(number)).hidden(by: UInt64(number) * 7_919_000_000)
            let score = NewScore(
                scoreID: id, token: Sample.token(1), computedAt: at.startOfDay, packed: [UInt8(number)],
                expiresAt: Sample.instant(400_000_000))
            _ = try await store.append([score])
            kept.append(ScoreRecord(score))
        }
        let newestFirst = kept.sorted { $1.scoreID < $0.scoreID }
        #expect(newestFirst.map(\.computedAt) == kept.map(\.computedAt).sorted(by: >))
        let query = ScoreQuery(token: Sample.token(1), before: kept[4].scoreID.endOfDay, limit: 5)
        #expect(try await store.scores([query])[0].get() == Array(newestFirst[4..<9]))
        let second = InstantSpan(from: times[4].startOfDay, to: times[4].endOfDay)
        let walked = try await store.scores(in: second, after: nil, limit: 100).scores
        #expect(Set(walked) == Set(kept[4..<8]))
    }

    @Test("scores before an instant are forgotten, the oldest first", arguments: [Driver<ProfilePlace>.sqlite])
    func retention(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        try await store.append((1...5).map { Sample.score($0, of: 1) } + [Sample.score(6, of: 2)])
        #expect(try await store.deleteScores(before: Sample.instant(5), limit: 3) == 3)
        #expect(try await store.scores(1).map(\.scoreID) == [5, 4].map { Sample.id($0) })
        #expect(try await store.deleteScores(before: Sample.instant(5), limit: 3) == 1)
        #expect(try await store.deleteScores(before: Sample.instant(5), limit: 3) == 0)
        #expect(try await store.scores(1) == [Sample.kept(5, of: 1)])
        #expect(try await store.scores(2) == [Sample.kept(6, of: 2)])
    }

    @Test("a name and a version stand for one card, whoever comes second", arguments: Driver<ProfilePlace>.all)
    func register(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let (first, second) = (try await place.open(), try await place.open())
        let models = [Sample.model("b", 1), Sample.model("a", 10), Sample.model("a", 9)]
        #expect(try await first.models().isEmpty)
        #expect(try await first.register(models) == models)
        let other = Sample.model("a", 9, hash: 8)
        #expect(try await second.register([other, Sample.model("c", 1)]) == [models[2], Sample.model("c", 1)])
        #expect(try await second.models() == [models[2], models[1], models[0], Sample.model("c", 1)])
    }
}
