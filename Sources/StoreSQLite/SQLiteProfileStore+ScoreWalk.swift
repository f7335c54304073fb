import Bureau
import GRDB
import Repositories

/// The walk through the scores of a span of time, in the order in which they joined the table.
extension SQLiteProfileStore {
    package func scores(
        in span: InstantSpan, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ScoreWalkPage {
        try await file.read { db in
            let rows = try PreparedStatement(
                """
                SELECT id, computed_at, packed FROM kept_score
                WHERE id > ?1 AND computed_at >= ?2 AND computed_at < ?3
                ORDER BY id LIMIT ?4
                """, on: db
            ).all(Self.row(cursor), span.from, span.to, limit) { row in
                (
                    id: try row.value(0) as Int64,
                    score: ScoreWalkPage.Score(computedAt: try row.value(1), packed: try row.value(2))
                )
            }
            let next = rows.count < limit ? nil : rows.last.map { Self.cursor($0.id) }
            return ScoreWalkPage(scores: rows.map(\.score), next: next)
        }
    }

    private static func row(_ cursor: WalkCursor?) -> Int64 {
        cursor?.bytes.reduce(0) { $0 << 8 | Int64($1) } ?? 0
    }

    private static func cursor(_ row: Int64) -> WalkCursor {
        WalkCursor(withUnsafeBytes(of: row.bigEndian, Array.init))
    }
}
