import Bureau
import Repositories

extension PostgresPersonStore {
    package func create(_ persons: [PersonCreation]) async throws(StoreError) -> [WriteOutcome] {
        guard !persons.isEmpty else { return [] }
        let sorted = persons.sorted { $0.token.precedes($1.token) }
        let debts = sorted.flatMap { person in
            person.debts.enumerated().map { (token: person.token, position: Int64($0), debt: $1) }
        }
        let create = BoundStatement(.create) { parameters in
            parameters.add(sorted) { $0.token }
            parameters.add(sorted) { $0.dataKey }
            parameters.add(sorted) { $0.identity }
            parameters.add(sorted) { $0.address }
            parameters.add(sorted) { $0.at }
            parameters.add(debts) { $0.token }
            parameters.add(debts) { $0.debt.debtID }
            parameters.add(debts) { $0.position }
            parameters.add(debts) { $0.debt.details }
            parameters.addAudit(sorted.map(\.audit))
        }
        let tables = try await perform(.write, [create])
        let created = try decode { () throws(UnexpectedValue) in try tables[0].tokens() }
        return persons.map { created.contains($0.token) ? .written(version: 1) : .alreadyExists }
    }

    package func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome] {
        guard !updates.isEmpty else { return [] }
        let update = BoundStatement(.update) { parameters in
            parameters.add(updates) { $0.token }
            parameters.add(updates) { $0.dataKey }
            parameters.add(updates) { $0.expectedVersion }
            parameters.add(updates) { $0.identity }
            parameters.add(updates) { $0.address }
            parameters.add(updates) { $0.at }
        }
        let lock = BoundStatement(.lock) { $0.add(updates) { $0.token } }
        let tables = try await perform(.write, [lock, update])
        let (found, written) = try decode { () throws(UnexpectedValue) in
            (try tables[0].versions(), try tables[1].versions())
        }
        return updates.map { Self.outcome(found: found[$0.token], written: written[$0.token]) }
    }

    package func delete(_ deletions: [PersonDeletion]) async throws(StoreError) -> [WriteOutcome] {
        guard !deletions.isEmpty else { return [] }
        let delete = BoundStatement(.delete) { parameters in
            parameters.add(deletions) { $0.token }
            parameters.add(deletions) { $0.expectedVersion }
            parameters.addAudit(deletions.map(\.audit))
        }
        let tables = try await perform(.write, [delete])
        let (found, written) = try decode { () throws(UnexpectedValue) in
            (try tables[0].versions(), try tables[0].versions(column: 2))
        }
        return deletions.map { Self.outcome(found: found[$0.token], written: written[$0.token]) }
    }

    /// The version that was found explains why nothing was written.
    private static func outcome(found: Int64?, written: Int64?) -> WriteOutcome {
        if let written { return .written(version: written) }
        return found.map { .versionConflict(current: $0) } ?? .notFound
    }
}

extension ResultTable {
    /// The tokens of the first column.
    func tokens() throws(UnexpectedValue) -> Set<SubjectToken> {
        var tokens = Set<SubjectToken>(minimumCapacity: rowCount)
        for index in 0..<rowCount { tokens.insert(try self[index].value(0)) }
        return tokens
    }

    /// The versions of a column, where it has any, by the tokens of the first.
    func versions(column: Int32 = 1) throws(UnexpectedValue) -> [SubjectToken: Int64] {
        var versions = [SubjectToken: Int64](minimumCapacity: rowCount)
        for index in 0..<rowCount { versions[try self[index].value(0)] = try self[index].optional(column) }
        return versions
    }
}

extension SubjectToken {
    /// The order of the bytes, in which every batch touches its persons: two batches never wait for each other.
    fileprivate func precedes(_ other: SubjectToken) -> Bool {
        withBytes { bytes in other.withBytes { bytes.lexicographicallyPrecedes($0) } }
    }
}
