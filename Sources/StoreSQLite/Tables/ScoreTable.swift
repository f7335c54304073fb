import Bureau
import GRDB
import Repositories

/// Writes base B's scores with their points, on one connection.
struct ScoreTable {
    private let insertion: PreparedStatement
    private let pointInsertion: PreparedStatement
    private let search: PreparedStatement

    init(_ db: Database) throws {
        search = try PreparedStatement("SELECT 1 FROM profile WHERE token = ?1", on: db)
        insertion = try PreparedStatement(
            """
            INSERT INTO score (profile, score_id, computed_at, model, model_version, score, raw_score)
            SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM profile WHERE token = ?1
            ON CONFLICT DO NOTHING
            """, on: db)
        pointInsertion = try PreparedStatement(
            """
            INSERT INTO score_point (profile, score_id, position, characteristic, points, attainable)
            SELECT id, ?2, ?3, ?4, ?5, ?6 FROM profile WHERE token = ?1
            """, on: db)
    }

    /// Inserts a score unless it is there already; returns false, and inserts nothing, without a profile.
    func insert(_ record: ScoreRecord) throws -> Bool {
        let score = record.score
        let inserted = try insertion.run(
            record.token, record.scoreID, record.computedAt, score.model, score.version, score.score,
            score.rawScore)
        guard inserted == 1 else { return try search.first(record.token) { _ in true } ?? false }
        for (position, point) in score.points.enumerated() {
            try pointInsertion.run(
                record.token, record.scoreID, position, point.characteristic, point.points,
                point.attainable)
        }
        return true
    }
}

/// Reads pages of a subject's scores, on one connection.
struct ScoreHistoryQuery {
    private let page: PreparedStatement
    private let points: PreparedStatement

    init(_ db: Database) throws {
        // Without an identifier the page starts before 17 bytes of FF, which are greater than any 16 bytes.
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
        // SQLite reads a negative limit as no limit.
        try page.all(query.token, query.before, max(0, query.limit)) { row in
            let (profile, scoreID): (Int64, RecordID) = (try row.value(0), try row.value(1))
            let points = try points.all(profile, scoreID) { row in
                CharacteristicPoints(
                    characteristic: try row.value(0), points: try row.value(1), attainable: try row.value(2))
            }
            let score = Score(
                model: try row.value(3), version: try row.value(4), rawScore: try row.value(5), points: points)
            return ScoreRecord(scoreID: scoreID, token: query.token, computedAt: try row.value(2), score: score)
        }
    }
}
