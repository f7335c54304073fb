import Bureau
import GRDB
import Repositories

/// Writes and deletes base B's scores, on one connection.
struct ScoreTable {
    private let insertion: PreparedStatement
    private let search: PreparedStatement

    init(_ db: Database) throws {
        search = try PreparedStatement("SELECT 1 FROM profile WHERE token = ?1", on: db)
        insertion = try PreparedStatement(
            """
            INSERT INTO kept_score (profile, score_id, computed_at, packed)
            SELECT id, ?2, ?3, ?4 FROM profile WHERE token = ?1
            ON CONFLICT DO NOTHING
            """, on: db)
    }

    /// Inserts a score unless it is there already; returns false, and inserts nothing, without a profile.
    func insert(_ score: NewScore) throws -> Bool {
        let inserted = try insertion.run(score.token, score.scoreID, score.computedAt, score.packed)
        return try inserted == 1 || search.first(score.token) { _ in true } ?? false
    }

    /// Whether any score was computed before an instant.
    static func hasScores(before instant: Instant, on db: Database) throws -> Bool {
        try PreparedStatement(
            """
            SELECT 1 FROM (SELECT computed_at FROM kept_score ORDER BY id LIMIT 1) WHERE computed_at < ?1
            UNION ALL
            SELECT 1 FROM score WHERE computed_at < ?1
            LIMIT 1
            """, on: db
        ).first(instant) { _ in true } ?? false
    }

    /// Deletes at most `limit` scores of either table that were computed before an instant; returns how many.
    static func delete(before instant: Instant, limit: Int, on db: Database) throws -> Int {
        let deleted = try PreparedStatement(
            """
            DELETE FROM kept_score
            WHERE computed_at < ?1 AND id IN (SELECT id FROM kept_score ORDER BY id LIMIT ?2)
            """, on: db
        ).run(instant, limit)
        if deleted > 0 { return deleted }
        return try PreparedStatement(
            """
            DELETE FROM score WHERE (profile, score_id) IN
                (SELECT profile, score_id FROM score WHERE computed_at < ?1 LIMIT ?2)
            """, on: db
        ).run(instant, limit)
    }
}

/// Reads pages of a subject's scores, on one connection.
struct ScoreHistoryQuery {
    private let page: PreparedStatement
    private let former: FormerScoreQuery

    init(_ db: Database) throws {
        // Without an identifier the page starts before 17 bytes of FF, which are greater than any 16 bytes.
        page = try PreparedStatement(
            """
            SELECT kept_score.score_id, kept_score.computed_at, kept_score.packed
            FROM profile JOIN kept_score ON kept_score.profile = profile.id
            WHERE profile.token = ?1
                AND kept_score.score_id < coalesce(?2, x'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF')
            ORDER BY kept_score.score_id DESC
            LIMIT ?3
            """, on: db)
        former = try FormerScoreQuery(db)
    }

    func page(_ query: ScoreQuery) throws -> [ScoreRecord] {
        // SQLite reads a negative limit as no limit.
        let limit = max(0, query.limit)
        let kept = try page.all(query.token, query.before, limit) { row in
            ScoreRecord(
                scoreID: try row.value(0), token: query.token, computedAt: try row.value(1),
                content: .packed(try row.value(2)))
        }
        let former = try former.page(query, limit)
        if former.isEmpty { return kept }
        // Nearly always the former ones come last; a clock that went back would mix them.
        return Array((kept + former).sorted { $1.scoreID < $0.scoreID }.prefix(limit))
    }
}

/// Reads the scores that version 0.1.0 has kept, a row for each characteristic.
private struct FormerScoreQuery {
    private let page: PreparedStatement
    private let points: PreparedStatement

    init(_ db: Database) throws {
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

    func page(_ query: ScoreQuery, _ limit: Int) throws -> [ScoreRecord] {
        try page.all(query.token, query.before, limit) { row in
            let (profile, scoreID): (Int64, RecordID) = (try row.value(0), try row.value(1))
            let points = try points.all(profile, scoreID) { row in
                FormerScore.Points(
                    characteristic: try row.value(0), points: try row.value(1), attainable: try row.value(2))
            }
            let score = FormerScore(
                model: try row.value(3), version: try row.value(4), rawScore: try row.value(5), points: points)
            return ScoreRecord(
                scoreID: scoreID, token: query.token, computedAt: try row.value(2), content: .points(score))
        }
    }
}
