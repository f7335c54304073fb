import Bureau
import Repositories

/// The list of blocked subjects.
extension PostgresPersonStore {
    public func block(_ changes: [BlockChange]) async throws(StoreError) -> [Bool] {
        if changes.isEmpty { return [] }
        let changed = try await perform(.write, changes.statements) { tables throws(UnexpectedValue) in
            try tables[1].tokens().union(try tables[2].tokens())
        }
        return changes.map { changed.contains($0.token) }
    }

    public func blocked(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        let statement = BoundStatement(.blocked) { parameters in
            // Every token comes after no bytes.
            parameters.add([token?.bytes ?? []]) { $0 }
            parameters.add([Int64(limit)]) { $0 }
        }
        return try await perform(.read, [statement]) { tables throws(UnexpectedValue) in
            try tables[0].tokens().sorted()
        }
    }
}

extension [BlockChange] {
    /// The audit log first, then the blocks that begin, and those that end.
    var statements: [BoundStatement] {
        [
            map(\.audit).statement,
            BoundStatement(.block) { $0.add(filter(\.isBlocked)) { $0.token } },
            BoundStatement(.unblock) { $0.add(filter { !$0.isBlocked }) { $0.token } },
        ]
    }
}

extension Statement {
    /// Parameters: tokens. Returns those that were not blocked.
    static let blockSQL = """
        INSERT INTO blocked_subject (token) SELECT * FROM unnest($1::bytea[]) ON CONFLICT DO NOTHING RETURNING token
        """

    /// Parameters: tokens. Returns those that were blocked.
    static let unblockSQL = "DELETE FROM blocked_subject WHERE token = ANY ($1::bytea[]) RETURNING token"

    /// Parameters: a token or nothing, a number. Returns that many blocked subjects after the token, in their order.
    static let blockedSQL = """
        SELECT token FROM blocked_subject WHERE token > ($1::bytea[])[1] ORDER BY token LIMIT ($2::bigint[])[1]
        """
}
