import Bureau
import GRDB
import Repositories

/// What is left of erased subjects, on one connection: the table `tombstone` of each base.
struct TombstoneTable {
    private let insertion: PreparedStatement
    private let replacement: PreparedStatement
    private let search: PreparedStatement
    private let page: PreparedStatement
    private let any: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            "INSERT INTO tombstone (token, note) VALUES (?1, ?2) ON CONFLICT DO NOTHING", on: db)
        replacement = try PreparedStatement("UPDATE tombstone SET note = ?2 WHERE token = ?1", on: db)
        search = try PreparedStatement("SELECT token, note FROM tombstone WHERE token = ?1", on: db)
        page = try PreparedStatement(
            "SELECT token, note FROM tombstone WHERE token > coalesce(?1, x'') ORDER BY token LIMIT ?2", on: db)
        any = try PreparedStatement("SELECT 1 FROM tombstone LIMIT 1", on: db)
    }

    /// Keeps a tombstone, unless there is one.
    func insert(_ tombstone: Tombstone) throws {
        try insertion.run(tombstone.token, tombstone.note)
    }

    func replace(_ tombstone: Tombstone) throws {
        try replacement.run(tombstone.token, tombstone.note)
    }

    func tombstone(of token: SubjectToken) throws -> Tombstone? {
        try search.first(token, read: Self.tombstone)
    }

    /// Those of the tokens whose subjects were erased; without a look at each when there are no tombstones.
    func erased(among tokens: some Sequence<SubjectToken>) throws -> Set<SubjectToken> {
        guard try any.first(read: { _ in true }) != nil else { return [] }
        var erased: Set<SubjectToken> = []
        for token in tokens where try search.first(token, read: { _ in true }) != nil { erased.insert(token) }
        return erased
    }

    func page(after token: SubjectToken?, limit: Int) throws -> [Tombstone] {
        try page.all(token, max(0, limit), read: Self.tombstone)
    }

    private static func tombstone(_ row: SQLiteRow) throws -> Tombstone {
        Tombstone(token: try row.value(0), note: try row.value(1))
    }
}

/// Deletes all that a base holds of subjects, on one connection.
struct SubjectEraser {
    private let deletions: [PreparedStatement]
    private let searches: [PreparedStatement]

    init(_ db: Database, _ base: Base) throws {
        let tables =
            switch base {
            // The references delete what belongs to a person or a profile.
            case .a: ["person", "deleted_person", "receipt", "cadastro"]
            case .b: ["profile", "deleted_profile", "receipt"]
            case .c: ["event", "latest_event", "dropped_event", "receipt"]
            }
        var deletions = tables.map { "DELETE FROM \($0) WHERE token = ?1" }
        var searches = tables.map { "SELECT 1 FROM \($0) WHERE token = ?1 LIMIT 1" }
        if base == .a {
            // It would tell that the subject was blocked. A block of later is no trace of what was erased.
            deletions.append("DELETE FROM blocked_subject WHERE token = ?1")
            // Of a request that has ended its kind and its times stay.
            deletions.append("DELETE FROM request WHERE token = ?1 AND done_at IS NULL")
            deletions.append("UPDATE request SET details = NULL, debt_id = NULL WHERE token = ?1")
            searches.append(
                "SELECT 1 FROM request WHERE token = ?1 AND (details IS NOT NULL OR done_at IS NULL) LIMIT 1")
        }
        self.deletions = try deletions.map { try PreparedStatement($0, on: db) }
        self.searches = try searches.map { try PreparedStatement($0, on: db) }
    }

    func erase(_ token: SubjectToken) throws {
        for deletion in deletions { try deletion.run(token) }
    }

    func hasAnything(of token: SubjectToken) throws -> Bool {
        for search in searches where try search.first(token, read: { _ in true }) != nil { return true }
        return false
    }
}
