import Bureau
import Repositories

extension PostgresPersonStore {
    package func read(_ reads: [PersonRead]) async throws(StoreError) -> [PersonRecord?] {
        guard !reads.isEmpty else { return [] }
        let tables = try await perform(
            .auditedRead,
            [
                BoundStatement(.audit) { $0.addAudit(reads.map(\.audit)) },
                BoundStatement(.read) { $0.add(reads) { $0.token } },
            ])
        let persons = try decode { () throws(UnexpectedValue) in try PersonRows(tables[1]).records() }
        return reads.map { persons[$0.token] }
    }
}

extension Parameters {
    /// Adds the six arrays of audit entries.
    mutating func addAudit(_ entries: [AuditEntry]) {
        add(entries) { $0.auditID }
        add(entries) { $0.at }
        add(entries) { $0.token }
        add(entries) { $0.action }
        add(entries) { $0.purpose?.rawValue }
        add(entries) { $0.requester }
    }
}

/// The rows of the statement `read`: persons and debts in any order.
private struct PersonRows {
    private let table: ResultTable

    init(_ table: ResultTable) {
        self.table = table
    }

    func records() throws(UnexpectedValue) -> [SubjectToken: PersonRecord] {
        var persons: [SubjectToken: PersonRecord] = [:]
        var debts: [(token: SubjectToken, position: Int64, record: DebtRecord)] = []
        for index in 0..<table.rowCount {
            let row = table[index]
            let token: SubjectToken = try row.value(0)
            if let debtID: RecordID = try row.optional(1) {
                debts.append((token, try row.value(2), try debt(debtID, row)))
            } else {
                persons[token] = try person(token, row)
            }
        }
        debts.sort { $0.position < $1.position }
        for debt in debts { persons[debt.token]?.debts.append(debt.record) }
        return persons
    }

    private func person(_ token: SubjectToken, _ row: ResultRow) throws(UnexpectedValue) -> PersonRecord {
        PersonRecord(
            token: token, dataKey: try row.value(7), identity: try row.value(3), address: try row.optional(8),
            debts: [], version: try row.value(4), createdAt: try row.value(5), updatedAt: try row.value(6))
    }

    private func debt(_ debtID: RecordID, _ row: ResultRow) throws(UnexpectedValue) -> DebtRecord {
        DebtRecord(
            debtID: debtID, details: try row.value(3), version: try row.value(4), createdAt: try row.value(5),
            updatedAt: try row.value(6))
    }
}
