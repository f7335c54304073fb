import Bureau
import GRDB
import Repositories

/// A file whose subjects can be kept under other tokens.
protocol SQLiteRenamingStore: SQLiteStore, RenamingStore {
    /// The tables with tokens, in the order in which a subject's rows move.
    static var tokenTables: [TokenTable] { get }
}

extension SQLiteRenamingStore {
    public func rename(_ subjects: [SubjectRename]) async throws(StoreError) {
        // A look without the file's lock, because nearly every subject was moved before.
        let kept = try await file.read { db in
            let search = try TokenSearch(db, Self.tokenTables)
            return try subjects.filter { try search.hasAnything(under: $0.from) }
        }
        if kept.isEmpty { return }
        try await file.write { db in
            let rename = try TokenRename(db, Self.tokenTables)
            for subject in kept { try rename.move(subject) }
        }
    }

    public func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        try await file.read { db in
            try TokenSearch(db, Self.tokenTables).page(ofKeysBelow: keyNumber, after: cursor, limit: limit)
        }
    }
}

extension SQLitePersonStore: SQLiteRenamingStore {
    /// What belongs to a person refers to the person's row, and what is left of a subject in the end comes last.
    static let tokenTables = [
        TokenTable("person"), TokenTable("deleted_person"), TokenTable("receipt", key: "key"),
        // A debt has one open dispute: that of the other token stays, and so does its like.
        TokenTable("request", moves: ["UPDATE OR IGNORE request SET token = ?2 WHERE token = ?1"]),
        TokenTable("cadastro"), TokenTable("blocked_subject"), TokenTable("tombstone"),
    ]
}

extension SQLiteProfileStore: SQLiteRenamingStore {
    /// A token has a profile or the version of a deleted one, never both.
    static let tokenTables = [
        TokenTable("profile", if: "NOT EXISTS (SELECT 1 FROM deleted_profile WHERE token = ?2)"),
        TokenTable("deleted_profile", if: "NOT EXISTS (SELECT 1 FROM profile WHERE token = ?2)"),
        TokenTable("receipt", key: "key"), TokenTable("tombstone"),
    ]
}

extension SQLiteEventStore: SQLiteRenamingStore {
    /// An identifier stands for one event of a token, and the newest event of a kind goes where the history has it.
    static let tokenTables = [
        TokenTable("event", key: "event_id"),
        TokenTable(
            "latest_event",
            moves: [
                """
                INSERT INTO latest_event (token, kind, occurred_at, event_id, body)
                SELECT ?2, kind, occurred_at, event_id, body FROM latest_event WHERE token = ?1 AND \(hasMoved)
                ON CONFLICT (token, kind) DO UPDATE
                SET occurred_at = excluded.occurred_at, event_id = excluded.event_id, body = excluded.body
                WHERE (excluded.occurred_at, excluded.event_id) > (latest_event.occurred_at, latest_event.event_id)
                """,
                "DELETE FROM latest_event WHERE token = ?1 AND \(hasMoved)",
            ]),
        TokenTable("dropped_event", key: "kind"), TokenTable("receipt", key: "key"), TokenTable("tombstone"),
    ]

    private static let hasMoved = """
        EXISTS (
            SELECT 1 FROM event WHERE event.token = ?2 AND event.kind = latest_event.kind
                AND event.occurred_at = latest_event.occurred_at AND event.event_id = latest_event.event_id)
        """
}
