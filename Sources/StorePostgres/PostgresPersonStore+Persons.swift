import Bureau
import Repositories

extension PostgresPersonStore {
    public func create(_ persons: [PersonCreation], audit: [AuditLine]) async throws(StoreError) -> [WriteOutcome] {
        guard !persons.isEmpty else { return [] }
        let (created, erased) = try await perform(.write, persons.statements(audit: audit)) {
            tables throws(UnexpectedValue) in
            // A person who was deleted before goes on from the last version.
            let continued = try tables[3].writtenOutcomes()
            let created = try tables[2].writtenOutcomes().merging(continued) { _, version in version }
            return (created, try tables[4].tokens())
        }
        return persons.map { created[$0.token] ?? (erased.contains($0.token) ? .erased : .alreadyExists) }
    }

    public func read(_ tokens: [SubjectToken], audit: [AuditLine]) async throws(StoreError) -> [PersonRecord?] {
        guard !tokens.isEmpty else { return [] }
        let persons = try await perform(.auditedRead, tokens.statements(audit: audit)) {
            tables throws(UnexpectedValue) in
            try tables[1].persons()
        }
        return tokens.map { persons[$0] }
    }

    public func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome] {
        guard !updates.isEmpty else { return [] }
        let (found, written) = try await perform(.write, updates.statements) { tables throws(UnexpectedValue) in
            (try tables[0].versions(), try tables[1].writtenOutcomes())
        }
        return updates.map { written[$0.token] ?? Self.outcome(found: found[$0.token]) }
    }

    public func delete(
        _ deletions: [PersonDeletion], audit: [AuditLine]
    ) async throws(StoreError) -> [WriteOutcome] {
        guard !deletions.isEmpty else { return [] }
        let (found, written) = try await perform(.write, deletions.statements(audit: audit)) {
            tables throws(UnexpectedValue) in
            (try tables[1].versions(), try tables[1].versions(column: 2))
        }
        return deletions.map { deletion in
            written[deletion.token].map { .written(version: $0) } ?? Self.outcome(found: found[deletion.token])
        }
    }

    /// The outcome of a write that did not take place; the version that was found tells why.
    private static func outcome(found: Int64?) -> WriteOutcome {
        found.map { .versionConflict(current: $0) } ?? .notFound
    }
}

extension ResultTable {
    /// Reads the rows of the statement `read`: persons and debts in any order.
    ///
    /// A person with a row that this program did not write is one that no key opens, so that it fails its own call
    /// alone, and the others need not be asked for again.
    fileprivate func persons() throws(UnexpectedValue) -> [SubjectToken: PersonRecord] {
        var persons: [SubjectToken: PersonRecord] = [:]
        var debts: [(token: SubjectToken, position: Int64, record: DebtRecord)] = []
        var damaged: [SubjectToken] = []
        for index in 0..<rowCount {
            let row = self[index]
            let token: SubjectToken = try row.value(0)
            do throws(UnexpectedValue) {
                if let debtID: RecordID = try row.optional(1) {
                    debts.append((token, try row.value(2), try row.debt(debtID)))
                } else {
                    persons[token] = try row.person(token)
                }
            } catch {
                damaged.append(token)
            }
        }
        debts.sort { $0.position < $1.position }
        for debt in debts { persons[debt.token]?.debts.append(debt.record) }
        for token in damaged { persons[token] = .unreadable(token) }
        return persons
    }

    /// Reads what a writing statement has done: the versions that it wrote, and NULL for each repeat.
    func writtenOutcomes() throws(UnexpectedValue) -> [SubjectToken: WriteOutcome] {
        var outcomes = [SubjectToken: WriteOutcome](minimumCapacity: rowCount)
        for index in 0..<rowCount {
            let version: Int64? = try self[index].optional(1)
            outcomes[try self[index].value(0)] = version.map { .written(version: $0) } ?? .repeated
        }
        return outcomes
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
        var person = PersonRecord(
            token: token, dataKey: try value(7), identity: try value(3), address: try optional(8), debts: [],
            version: try value(4), times: RowTimes(created: try value(5), updated: try value(6)))
        person.state = try optional(9)
        person.cadastroCancelledAt = try optional(10)
        person.encryptions = try value(11)
        return person
    }

    fileprivate func debt(_ debtID: RecordID) throws(UnexpectedValue) -> DebtRecord {
        DebtRecord(
            debtID: debtID, details: try value(3), version: try value(4),
            times: RowTimes(created: try value(5), updated: try value(6)))
    }
}

extension PersonRecord {
    /// Stands for a stored person that cannot be read.
    fileprivate static func unreadable(_ token: SubjectToken) -> PersonRecord {
        PersonRecord(
            token: token, dataKey: WrappedDataKey([]), identity: Sealed([]), address: nil, debts: [], version: 0,
            times: RowTimes(.first))
    }
}
