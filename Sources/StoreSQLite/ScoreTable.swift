import Bureau
import GRDB
import Repositories

/// The writing of base B's scores with their points, on one connection.
struct ScoreTable {
    private let insertion: PreparedStatement
    private let pointInsertion: PreparedStatement

    init(_ db: Database) throws {
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

    /// Inserts a score, unless its profile has been deleted since or the score is there already.
    func insert(_ record: ScoreRecord) throws {
        let score = record.score
        let inserted = try insertion.run(
            record.token, record.scoreID, record.computedAt, score.model, score.version, score.score,
            score.rawScore)
        guard inserted == 1 else { return }
        for (position, point) in score.points.enumerated() {
            try pointInsertion.run(
                record.token, record.scoreID, position, point.characteristic, point.points,
                point.attainable)
        }
    }
}
