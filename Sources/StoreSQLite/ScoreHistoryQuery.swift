import Bureau
import GRDB
import Repositories

/// The paging of a subject's scores, on one connection.
struct ScoreHistoryQuery {
    private let page: PreparedStatement
    private let points: PreparedStatement

    init(_ db: Database) throws {
        // Without an identifier the page starts before 17 bytes of FF, which are greater than any identifier's 16.
        page = try PreparedStatement(
            """
            SELECT score.profile, score.score_id, score.computed_at, score.model, score.model_version, score.raw_score
            FROM profile JOIN score ON score.profile = profile.id
            WHERE profile.token = ?1 AND score.score_id < coalesce(?2, x'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF')
            ORDER BY score.score_id DESC
            LIMIT ?3
            """, on: db)
        points = try PreparedStatement(
            """
            SELECT characteristic, points, attainable FROM score_point
            WHERE profile = ?1 AND score_id = ?2 ORDER BY position
            """, on: db)
    }

    func page(_ query: ScoreQuery) throws -> [ScoreRecord] {
        var records: [ScoreRecord] = []
        // SQLite takes a negative limit as none.
        try page.forEach(query.token, query.before, max(0, query.limit)) { row in
            let scoreID: RecordID = try row.value(1)
            let score = Score(
                model: try row.value(3), version: try row.value(4), rawScore: try row.value(5),
                points: try points(of: scoreID, profile: try row.value(0)))
            records.append(
                ScoreRecord(scoreID: scoreID, token: query.token, computedAt: try row.value(2), score: score))
        }
        return records
    }

    private func points(of scoreID: RecordID, profile: Int64) throws -> [CharacteristicPoints] {
        var records: [CharacteristicPoints] = []
        try points.forEach(profile, scoreID) { row in
            records.append(
                CharacteristicPoints(
                    characteristic: try row.value(0), points: try row.value(1), attainable: try row.value(2)))
        }
        return records
    }
}
