import Bureau
import MemoryStores
import Repositories
import Seeds
import Testing

@testable import Services
@testable import Vault

@Suite("Search for scores that are hidden within their day")
struct ScoreSearchTests {
    /// A subject's scores, hidden as base B has them or, of earlier releases, as they are.
    private struct Scores {
        let ids: [RecordID]
        let kept: [ScoreRecord]

        init(_ count: Int, days: Int, former: Bool, seed: UInt64, of token: SubjectToken, _ vault: BaseVault) {
            var generator = SeededGenerator(seed: seed)
            let start = Instant(secondsSinceEpoch: 1_799_971_200)
            let ids = (0..<count).map { _ in
                let microseconds = Int64.random(in: 0..<Int64(days) * 86_400_000_000, using: &generator)
                return RecordID.make(
                    at: Instant(microsecondsSinceEpoch: start.microsecondsSinceEpoch + microseconds) ?? start,
                    random: generator.next())
            }
            let kept = vault.withSession { session in
                ids.enumerated().map { number, id -> ScoreRecord in
                    let isPlain = former && number % 3 == 0
                    let pads = session.scorePads(id, of: token)
                    let at = id.instant ?? start
                    let packed = PackedScore(
                        asOf: RowTimes.hidden(at, by: pads.asOf),
                        model: ModelIdentity(name: "m", version: 1, hash: [UInt8](repeating: 1, count: 32)),
                        rawScore: 1, inputs: [], points: [], shadows: [])
                    return ScoreRecord(
                        scoreID: isPlain ? id : id.hidden(by: pads.id), token: token,
                        computedAt: isPlain ? at : at.startOfDay, content: .packed(packed.bytes))
                }
            }
            self.ids = ids.sorted { $1 < $0 }
            self.kept = kept.sorted { $1.scoreID < $0.scoreID }
        }

        /// What a store answers.
        func page(_ query: ScoreQuery) -> [ScoreRecord] {
            Array(kept.lazy.filter { score in query.before.map { score.scoreID < $0 } ?? true }.prefix(query.limit))
        }
    }

    private let vault: BaseVault
    private let token: SubjectToken

    init() throws {
        let bureau = try TestBureau()
        vault = try bureau.vault(.b)
        token = try bureau.token(Sample.cpfs[0], in: .b)
    }

    /// Searches, and tells what was found and how many scores each question asked for.
    private func find(_ wanted: ScoreSearch.Wanted, in scores: Scores) throws -> (ids: [RecordID], asked: [Int]) {
        try vault.withSession { session in
            var search = ScoreSearch(wanted, of: token, &session)
            var asked: [Int] = []
            while let query = search.query {
                asked.append(query.limit)
                search.take(.success(scores.page(query)), ofRound: 1, &session)
            }
            return (try search.result.get().map(\.scoreID), asked)
        }
    }

    @Test(
        "pages have the scores in the order of their computing, whatever is hidden and where a page begins",
        arguments: [1, 2, 30], [false, true])
    func pages(days: Int, former: Bool) throws {
        let scores = Scores(60, days: days, former: former, seed: UInt64(days), of: token, vault)
        let between = scores.ids.prefix(20).map { RecordID(high: $0.high, low: $0.low - 1) }
        for before in [nil] + (scores.ids + between + [RecordID(high: 0, low: 9), RecordID(high: .max, low: 9)]) {
            let older = scores.ids.filter { id in before.map { id < $0 } ?? true }
            for limit in [1, 2, 21, 101] {
                #expect(try find(.newest(before: before, limit: limit), in: scores).ids == Array(older.prefix(limit)))
            }
        }
    }

    @Test("a day with thousands of scores is read in pages of a bound size; few scores are read at once")
    func busyDay() throws {
        let busy = Scores(5000, days: 1, former: false, seed: 9, of: token, vault)
        let found = try find(.newest(before: busy.ids[2000], limit: 21), in: busy)
        #expect(found.ids == Array(busy.ids[2001..<2022]))
        #expect(found.asked.allSatisfy { $0 <= 500 } && found.asked.count < 15)
        let quiet = Scores(200, days: 1800, former: false, seed: 9, of: token, vault)
        #expect(try find(.newest(before: nil, limit: 21), in: quiet).asked.count == 1)
    }

    @Test("one score is found by the identifier that clients know alone, hidden or not")
    func one() throws {
        let scores = Scores(30, days: 2, former: true, seed: 2, of: token, vault)
        for id in scores.ids {
            #expect(try find(.one(id), in: scores).ids == [id])
            for other in [RecordID(high: id.high, low: id.low + 1), RecordID(high: id.high ^ 1 << 20, low: id.low)] {
                #expect(try find(.one(other), in: scores).ids == [])
            }
        }
        for kept in scores.kept where kept.scoreID.isHidden {
            #expect(try find(.one(kept.scoreID), in: scores).ids == [])
        }
    }

    @Test("a failure ends a search alone")
    func failure() throws {
        let error = ServiceError.store(.corrupt(.b))
        vault.withSession { session in
            var search = ScoreSearch(.newest(before: nil, limit: 3), of: token, &session)
            search.take(.failure(error), ofRound: 1, &session)
            #expect(search.query == nil && search.result == .failure(error))
        }
    }
}
