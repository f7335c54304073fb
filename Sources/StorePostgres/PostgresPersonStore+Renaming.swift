import Bureau
import Repositories

/// Subjects under other tokens.
extension PostgresPersonStore {
    public func rename(_ subjects: [SubjectRename]) async throws(StoreError) {
        if subjects.isEmpty { return }
        // A look at first, because nothing is kept of most subjects.
        let kept = try await perform(.read, [subjects.keptTokens]) { tables throws(UnexpectedValue) in
            try tables[0].tokens()
        }
        let statements = subjects.filter { kept.contains($0.from) }.statements
        if statements.isEmpty { return }
        try await perform(.rename, statements) { _ in () }
    }

    public func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        let cursor = TokenTableCursor(cursor)
        let tokens = try await perform(.read, [cursor.statement(limit)]) { tables throws(UnexpectedValue) in
            var tokens: [SubjectToken] = []
            for index in 0..<tables[0].rowCount { tokens.append(try tables[0][index].value(0)) }
            return tokens
        }
        return cursor.page(
            tokens, ofKeysBelow: keyNumber, limit: limit, tableCount: Statement.tokenTables.count)
    }
}

extension TokenTableCursor {
    func statement(_ limit: Int) -> BoundStatement {
        BoundStatement(.tokenPage) { parameters in
            parameters.add([Int64(table)]) { $0 }
            parameters.add([after]) { $0 }
            parameters.add([Int64(limit)]) { $0 }
        }
    }
}

extension [SubjectRename] {
    var keptTokens: BoundStatement { BoundStatement(.keptTokens) { $0.add(self) { $0.from } } }

    /// One table after the other.
    var statements: [BoundStatement] {
        let tables: [Statement] = [
            .renamePersons, .renameVersions, .renameReceipts, .renameRequests, .renameCadastros, .renameBlocks,
            .renameTombstones,
        ]
        return partsWithoutRivals.flatMap { part in
            tables.map { statement in
                BoundStatement(statement) { parameters in
                    parameters.add(part) { $0.from }
                    parameters.add(part) { $0.to }
                }
            }
        }
    }

    /// The renames in parts, in none of which two lead to one token: a statement does not see what it changes itself.
    private var partsWithoutRivals: [[SubjectRename]] {
        var counts: [SubjectToken: Int] = [:]
        var parts: [[SubjectRename]] = []
        for rename in self {
            let part = counts[rename.to, default: 0]
            counts[rename.to] = part + 1
            if part == parts.count { parts.append([]) }
            parts[part].append(rename)
        }
        return parts
    }
}
