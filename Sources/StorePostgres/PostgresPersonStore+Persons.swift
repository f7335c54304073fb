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
        let created = try await perform(.write, [create]) { tables throws(UnexpectedValue) in try tables[0].tokens() }
        return persons.map { created.contains($0.token) ? .written(version: 1) : .alreadyExists }
    }

    package func read(_ reads: [PersonRead]) async throws(StoreError) -> [PersonRecord?] {
        guard !reads.isEmpty else { return [] }
        let audit = BoundStatement(.audit) { $0.addAudit(reads.map(\.audit)) }
        let read = BoundStatement(.read) { $0.add(reads) { $0.token } }
        let persons = try await perform(.auditedRead, [audit, read]) { tables throws(UnexpectedValue) in
            try tables[1].persons()
        }
        return reads.map { persons[$0.token] }
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
        let (found, written) = try await perform(.write, [lock, update]) { tables throws(UnexpectedValue) in
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
        let (found, written) = try await perform(.write, [delete]) { tables throws(UnexpectedValue) in
            (try tables[0].versions(), try tables[0].versions(column: 2))
        }
        return deletions.map { Self.outcome(found: found[$0.token], written: written[$0.token]) }
    }

    /// The outcome of one write; the version that was found tells why nothing was written.
    private static func outcome(found: Int64?, written: Int64?) -> WriteOutcome {
        if let written { return .written(version: written) }
        return found.map { .versionConflict(current: $0) } ?? .notFound
    }
}

extension SubjectToken {
    /// The order in which every batch touches its persons, so that no two batches wait for each other in a circle.
    fileprivate func precedes(_ other: SubjectToken) -> Bool {
        withBytes { bytes in other.withBytes { bytes.lexicographicallyPrecedes($0) } }
    }
}

extension Parameters {
    /// Adds the six arrays of audit entries.
    fileprivate mutating func addAudit(_ entries: [AuditEntry]) {
        add(entries) { $0.auditID }
        add(entries) { $0.at }
        add(entries) { $0.token }
        add(entries) { $0.action }
        add(entries) { $0.purpose?.rawValue }
        add(entries) { $0.requester }
    }
}

extension ResultTable {
    /// Reads the rows of the statement `read`: persons and debts in any order.
    fileprivate func persons() throws(UnexpectedValue) -> [SubjectToken: PersonRecord] {
        var persons: [SubjectToken: PersonRecord] = [:]
        var debts: [(token: SubjectToken, position: Int64, record: DebtRecord)] = []
        for index in 0..<rowCount {
            let row = self[index]
            let token: SubjectToken = try row.value(0)
            if let debtID: RecordID = try row.optional(1) {
                debts.append((token, try row.value(2), try row.debt(debtID)))
            } else {
                persons[token] = try row.person(token)
            }
        }
        debts.sort { $0.position < $1.position }
        for debt in debts { persons[debt.token]?.debts.append(debt.record) }
        return persons
    }

    /// Reads the tokens of the first column.
    fileprivate func tokens() throws(UnexpectedValue) -> Set<SubjectToken> {
        var tokens = Set<SubjectToken>(minimumCapacity: rowCount)
        for index in 0..<rowCount { tokens.insert(try self[index].value(0)) }
        return tokens
    }

    /// Reads the versions of a column by the tokens of the first column; NULL is left out.
    func versions(column: Int32 = 1) throws(UnexpectedValue) -> [SubjectToken: Int64] {
        var versions = [SubjectToken: Int64](minimumCapacity: rowCount)
        for index in 0..<rowCount { versions[try self[index].value(0)] = try self[index].optional(column) }
        return versions
    }
}

extension PostgresRow {
    fileprivate func person(_ token: SubjectToken) throws(UnexpectedValue) -> PersonRecord {
        PersonRecord(
            token: token, dataKey: try value(7), identity: try value(3), address: try optional(8), debts: [],
            version: try value(4), createdAt: try value(5), updatedAt: try value(6))
    }

    fileprivate func debt(_ debtID: RecordID) throws(UnexpectedValue) -> DebtRecord {
        DebtRecord(
            debtID: debtID, details: try value(3), version: try value(4), createdAt: try value(5),
            updatedAt: try value(6))
    }
}
