import Bureau
import Repositories

/// Requests, consents and registers.
extension SQLitePersonStore {
    public func write(_ filings: [RequestFiling]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try RequestTable(db)
            let erased = try TombstoneTable(db).erased(among: filings.lazy.map(\.token))
            let persons = try PersonTable(db)
            return try filings.map { filing in
                if erased.contains(filing.token) { return .erased }
                if case .open(let record, let dataKey) = filing,
                    try !persons.countDetails(of: record.token, dataKey)
                {
                    return .overtaken
                }
                return try table.apply(filing)
            }
        }
    }

    public func requests(_ queries: [RequestQuery]) async throws(StoreError) -> [[RequestRecord]] {
        try await file.read { db in
            let table = try RequestTable(db)
            return try queries.map { try table.page($0) }
        }
    }

    public func due(_ queries: [DueQuery]) async throws(StoreError) -> [[RequestRecord]] {
        try await file.read { db in
            let table = try RequestTable(db)
            return try queries.map { try table.page($0) }
        }
    }

    public func write(_ changes: [ConsentChange]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try ConsentTable(db)
            let persons = try PersonTable(db)
            return try changes.map { try table.apply($0, of: persons) }
        }
    }

    public func consents(_ queries: [ConsentQuery]) async throws(StoreError) -> [[ConsentRecord]] {
        try await file.read { db in
            let table = try ConsentTable(db)
            guard try table.hasConsents() else { return queries.map { _ in [] } }
            return try queries.map { try table.page($0) }
        }
    }

    public func write(_ changes: [CadastroChange]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try CadastroTable(db)
            let requests = try RequestTable(db)
            let persons = try PersonTable(db)
            let erased = try TombstoneTable(db).erased(among: changes.lazy.map(\.token))
            return try changes.map { change in
                if erased.contains(change.token) { return .erased }
                guard try persons.countDetails(of: change.token, change.sealedBy) else { return .overtaken }
                try table.apply(change)
                return try requests.apply(.open(change.request))
            }
        }
    }

    public func cadastros(_ tokens: [SubjectToken]) async throws(StoreError) -> [CadastroRecord?] {
        try await file.read { db in
            let table = try CadastroTable(db)
            return try tokens.map { try table.record($0) }
        }
    }

    public func closedCadastros(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        try await file.read { db in
            try PreparedStatement(
                """
                SELECT token FROM cadastro WHERE token > coalesce(?1, x'') AND reopened_at IS NULL
                ORDER BY token LIMIT ?2
                """, on: db
            ).all(token, limit) { try $0.value(0) }
        }
    }
}
