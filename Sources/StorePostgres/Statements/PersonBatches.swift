import Bureau
import Repositories

/// The statements of a batch, in the order in which one transaction carries them out.
extension [PersonCreation] {
    /// The audit log first, then the persons.
    func statements(audit: [AuditLine]) -> [BoundStatement] {
        let sorted = sorted { $0.token.precedes($1.token) }
        let debts = sorted.flatMap { person in
            person.debts.enumerated().map { (token: person.token, position: Int64($0), debt: $1) }
        }
        let receipts = sorted.compactMap(\.receipt)
        return [
            audit.statement,
            BoundStatement(.shareBurialLock),
            BoundStatement(.create) { parameters in
                parameters.add(sorted) { $0.token }
                parameters.add(sorted) { $0.dataKey }
                parameters.add(sorted) { $0.identity }
                parameters.add(sorted) { $0.address }
                parameters.add(sorted) { $0.layout }
                parameters.add(sorted) { $0.times.created }
                parameters.add(debts) { $0.token }
                parameters.add(debts) { $0.debt.debtID }
                parameters.add(debts) { $0.position }
                parameters.add(debts) { $0.debt.details }
                parameters.add(debts) { $0.debt.layout }
                parameters.addReceipts(receipts)
                parameters.add(sorted) { $0.state }
                parameters.add(sorted) { $0.times.updated }
                parameters.add(debts) { $0.debt.times.created }
                parameters.add(debts) { $0.debt.times.updated }
            },
            BoundStatement(.continueVersions) { parameters in
                parameters.add(sorted) { $0.token }
                parameters.add(sorted) { $0.dataKey }
                parameters.add(receipts) { $0.key.token }
                parameters.add(receipts) { $0.key.key }
            },
            BoundStatement(.tombstones) { $0.add(sorted) { $0.token } },
        ] + logged + receipts.forgetting
    }
}

extension [SubjectToken] {
    /// The audit log first, then the persons.
    func statements(audit: [AuditLine]) -> [BoundStatement] {
        [audit.statement, BoundStatement(.read) { $0.add(self) { $0 } }]
    }
}

extension [AuditLine] {
    /// Appends to the audit log.
    var statement: BoundStatement {
        BoundStatement(.audit) { $0.addLines(self) }
    }
}

extension [PersonUpdate] {
    /// The locks and the versions first, then the new values.
    var statements: [BoundStatement] {
        let receipts = compactMap(\.receipt)
        return [
            BoundStatement(.lock) { $0.add(self) { $0.token } },
            BoundStatement(.update) { parameters in
                parameters.add(self) { $0.token }
                parameters.add(self) { $0.dataKey }
                parameters.add(self) { $0.expectedVersion }
                parameters.add(self) { $0.identity }
                parameters.add(self) { $0.address }
                parameters.add(self) { $0.layout }
                parameters.add(self) { $0.times.updated }
                parameters.addReceipts(receipts)
                parameters.add(self) { $0.state }
            },
        ] + filings.statements + logged + receipts.forgetting
    }

    /// The requests that the updates serve; an update that takes place leaves its sealed identity as the sign of it.
    private var filings: [WitnessedFiling] {
        compactMap { update in update.filing.map { WitnessedFiling($0, sign: .identity(update.identity)) } }
    }
}

extension [PersonDeletion] {
    /// The audit log first, then the persons.
    func statements(audit: [AuditLine]) -> [BoundStatement] {
        let receipts = compactMap(\.receipt)
        return [
            audit.statement,
            BoundStatement(.delete) { parameters in
                parameters.add(self) { $0.token }
                parameters.add(self) { $0.expectedVersion }
                parameters.addReceipts(receipts)
            },
        ] + logged + receipts.forgetting
    }
}

extension SubjectToken {
    /// The order in which every batch touches its persons, so that no two batches wait for each other in a circle.
    fileprivate func precedes(_ other: SubjectToken) -> Bool {
        withBytes { bytes in other.withBytes { bytes.lexicographicallyPrecedes($0) } }
    }
}
