import Bureau
import GRDB
import Repositories

/// The walk through the scores of a span of time, in the order of their times.
extension SQLiteProfileStore {
    /// Goes along the index of times, of which each entry has its row's number behind it.
    public static let scoreWalkQuery = """
        SELECT kept_score.id, token, score_id, computed_at, packed
        FROM kept_score JOIN profile ON profile.id = kept_score.profile
        WHERE (computed_at, kept_score.id) > (?1, ?2) AND computed_at < ?3 ORDER BY computed_at, kept_score.id LIMIT ?4
        """

    public func scores(
        in span: InstantSpan, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ScoreWalkPage {
        try await file.read { db in
            let start = ScoreWalkPlace(cursor) ?? ScoreWalkPlace(computedAt: span.from, row: -1)
            let rows = try PreparedStatement(Self.scoreWalkQuery, on: db).all(
                start.computedAt, start.row, span.to, limit
            ) { row in
                (
                    id: try row.value(0) as Int64,
                    score: ScoreRecord(
                        scoreID: try row.value(2), token: try row.value(1), computedAt: try row.value(3),
                        content: .packed(try row.value(4)))
                )
            }
            let next =
                rows.count < limit
                ? nil
                : rows.last.map { row in
                    ScoreWalkPlace(computedAt: row.score.computedAt, row: row.id).cursor
                }
            return ScoreWalkPage(scores: rows.map(\.score), next: next)
        }
    }
}

/// Where a walk through scores goes on: behind a row of an instant.
private struct ScoreWalkPlace {
    var computedAt: Instant
    var row: Int64

    init(computedAt: Instant, row: Int64) {
        self.computedAt = computedAt
        self.row = row
    }

    /// Nil at the beginning.
    init?(_ cursor: WalkCursor?) {
        guard let bytes = cursor?.bytes, bytes.count == 16 else { return nil }
        func number(_ bytes: ArraySlice<UInt8>) -> Int64 { bytes.reduce(0) { $0 << 8 | Int64($1) } }
        guard let instant = Instant(microsecondsSinceEpoch: number(bytes[..<8])) else { return nil }
        computedAt = instant
        row = number(bytes[8...])
    }

    var cursor: WalkCursor {
        WalkCursor(
            [computedAt.microsecondsSinceEpoch, row].flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) })
    }
}
