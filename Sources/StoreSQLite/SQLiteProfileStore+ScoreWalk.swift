import Bureau
import GRDB
import Repositories

/// The walk through the scores of a span of time, in the order in which they joined the table.
extension SQLiteProfileStore {
    package func scores(
        in span: InstantSpan, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ScoreWalkPage {
        try await file.read { db in
            let order = try ScoreOrder(db)
            let rows = try PreparedStatement(
                """
                SELECT id, computed_at, packed FROM kept_score
                WHERE id >= ?1 AND id < ?2 AND computed_at >= ?3 AND computed_at < ?4
                ORDER BY id LIMIT ?5
                """, on: db
            ).all(
                try Self.row(cursor).map { $0 + 1 } ?? order.row(from: span.from, days: -1),
                try order.row(from: span.to, days: 1), span.from, span.to, limit
            ) { row in
                (
                    id: try row.value(0) as Int64,
                    score: ScoreWalkPage.Score(computedAt: try row.value(1), packed: try row.value(2))
                )
            }
            let next = rows.count < limit ? nil : rows.last.map { Self.cursor($0.id) }
            return ScoreWalkPage(scores: rows.map(\.score), next: next)
        }
    }

    private static func row(_ cursor: WalkCursor?) -> Int64? {
        cursor?.bytes.reduce(0) { $0 << 8 | Int64($1) }
    }

    private static func cursor(_ row: Int64) -> WalkCursor {
        WalkCursor(withUnsafeBytes(of: row.bigEndian, Array.init))
    }
}

/// Finds scores by their time without an index, which every score that is kept would have to pay for: rows join the
/// table in the order of time, as far as clocks agree.
///
/// A span is therefore looked for with a day to spare on either side. A score is not met that a clock took which was
/// wrong by more than that.
private struct ScoreOrder {
    private let ends: PreparedStatement
    private let following: PreparedStatement

    init(_ db: Database) throws {
        ends = try PreparedStatement(
            "SELECT coalesce((SELECT min(id) FROM kept_score), 0), coalesce((SELECT max(id) FROM kept_score), -1)",
            on: db)
        following = try PreparedStatement(
            "SELECT computed_at FROM kept_score WHERE id >= ?1 ORDER BY id LIMIT 1", on: db)
    }

    /// The first row from which on scores are not before an instant so many days later; behind the last row when there
    /// is none.
    func row(from instant: Instant, days: Int64) throws -> Int64 {
        let instant = Instant(
            secondsSinceEpoch: days * 86_400, microseconds: instant.microsecondsSinceEpoch)
        guard
            var (low, high): (Int64, Int64) = try ends.first(read: { (try $0.value(0), try $0.value(1) as Int64 + 1) })
        else { return 0 }
        while low < high {
            let middle = low + (high - low) / 2
            let found: Instant? = try following.first(middle) { try $0.value(0) }
            if let found, found < instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
