import Bureau
import GRDB
import Repositories

/// A table whose rows lie under tokens, and the statements that move a subject's rows from token ?1 to token ?2.
struct TokenTable: Sendable {
    let name: String
    let moves: [String]

    init(_ name: String, moves: [String]) {
        self.name = name
        self.moves = moves
    }

    /// A table whose rows move, where `condition` holds and the other token has no row of the same key.
    ///
    /// - Parameter key: the column that tells a token's rows apart; nil when a token has one row at most.
    init(_ name: String, key: String? = nil, if condition: String = "TRUE") {
        let likeness = key.map { "AND other.\($0) = \(name).\($0)" } ?? ""
        self.init(
            name,
            moves: [
                """
                UPDATE \(name) SET token = ?2 WHERE token = ?1 AND \(condition)
                    AND NOT EXISTS (SELECT 1 FROM \(name) AS other WHERE other.token = ?2 \(likeness))
                """
            ])
    }
}

/// Keeps subjects under other tokens, on one connection.
struct TokenRename {
    private let moves: [PreparedStatement]

    init(_ db: Database, _ tables: [TokenTable]) throws {
        moves = try tables.flatMap(\.moves).map { try PreparedStatement($0, on: db) }
    }

    func move(_ subject: SubjectRename) throws {
        for move in moves { try move.run(subject.from, subject.to) }
    }
}

/// Finds the tokens under which rows lie, on one connection.
struct TokenSearch {
    private let searches: [PreparedStatement]
    private let pages: [PreparedStatement]

    init(_ db: Database, _ tables: [TokenTable]) throws {
        searches = try tables.map { table in
            try PreparedStatement("SELECT 1 FROM \(table.name) WHERE token = ?1 LIMIT 1", on: db)
        }
        // One look into the index for each token, however many rows it has.
        pages = try tables.map { table in
            try PreparedStatement(
                """
                WITH RECURSIVE found (token) AS (
                    SELECT min(token) FROM \(table.name) WHERE token > ?1
                    UNION ALL
                    SELECT (SELECT min(token) FROM \(table.name) WHERE token > found.token) FROM found
                    WHERE found.token IS NOT NULL)
                SELECT token FROM found WHERE token IS NOT NULL LIMIT ?2
                """, on: db)
        }
    }

    func hasAnything(under token: SubjectToken) throws -> Bool {
        for search in searches where try search.first(token, read: { _ in true }) != nil { return true }
        return false
    }

    /// Looks at `limit` tokens of one table; the cursor has the table's number, and behind it the last token.
    func page(ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int) throws -> TokenPage {
        let place = cursor?.bytes ?? [0]
        guard let table = place.first.map(Int.init), pages.indices.contains(table) else {
            return TokenPage(tokens: [], next: nil)
        }
        let found: [SubjectToken] = try pages[table].all(Array(place.dropFirst()), limit) { try $0.value(0) }
        let tokens = found.filter { $0.keyNumber < keyNumber }
        if found.count == limit, let last = found.last {
            return TokenPage(tokens: tokens, next: WalkCursor([UInt8(table)] + last.bytes))
        }
        let next = table + 1
        return TokenPage(tokens: tokens, next: next < pages.count ? WalkCursor([UInt8(next)]) : nil)
    }
}
