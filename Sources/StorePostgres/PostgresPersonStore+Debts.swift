import Bureau
import Repositories

extension PostgresPersonStore {
    package func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome] {
        guard !changes.isEmpty else { return [] }
        return try await perform(.write, changes.statements, decode: changes.outcomes)
    }
}

extension [DebtChange] {
    /// The locks and the versions first, then one statement for each kind of change.
    var statements: [BoundStatement] {
        let found = [
            BoundStatement(.lock) { $0.add(self) { $0.token } },
            BoundStatement(.findDebts) { parameters in
                parameters.add(self) { $0.token }
                parameters.add(self) { $0.action.row.debtID }
            },
        ]
        return found
            + [Statement.addDebts, .replaceDebts, .removeDebts].compactMap { statement in
                let chosen = filter { $0.action.row.statement == statement }
                return chosen.isEmpty ? nil : Self.bind(statement, chosen)
            }
    }

    private static func bind(_ statement: Statement, _ changes: [DebtChange]) -> BoundStatement {
        BoundStatement(statement) { parameters in
            parameters.add(changes) { $0.token }
            parameters.add(changes) { $0.dataKey }
            parameters.add(changes) { $0.action.row.expectedVersion }
            parameters.add(changes) { $0.action.row.debtID }
            if statement != .removeDebts { parameters.add(changes) { $0.action.row.details } }
            parameters.add(changes) { $0.at }
        }
    }

    /// Reads what became of each change from the rows of the statements.
    fileprivate func outcomes(_ tables: [ResultTable]) throws(UnexpectedValue) -> [WriteOutcome] {
        let persons = try tables[0].lockedPersons()
        let debts = try tables[1].versions()
        var written: [SubjectToken: Int64] = [:]
        for table in tables.dropFirst(2) { written.merge(try table.versions()) { first, _ in first } }
        return map { change in
            if let version = written[change.token] { return .written(version: version) }
            guard let person = persons[change.token], person.key == change.dataKey else { return .notFound }
            let debt = debts[change.token]
            if case .add(_, let expected) = change.action {
                let isMet = expected == nil || expected == person.version
                return isMet ? .alreadyExists : .versionConflict(current: person.version)
            }
            return debt.map { .versionConflict(current: $0) } ?? .notFound
        }
    }
}

extension ResultTable {
    /// Reads the rows of the statement `lock`.
    fileprivate func lockedPersons() throws(UnexpectedValue) -> [SubjectToken: (version: Int64, key: WrappedDataKey)] {
        var persons = [SubjectToken: (version: Int64, key: WrappedDataKey)](minimumCapacity: rowCount)
        for index in 0..<rowCount {
            let row = self[index]
            persons[try row.value(0)] = (version: try row.value(1), key: try row.value(2))
        }
        return persons
    }
}

extension DebtChange.Action {
    /// The statement that carries the action out, and its parameters. The expected version is that of the person when a
    /// debt is added, and that of the debt otherwise.
    fileprivate var row: (statement: Statement, debtID: RecordID, details: Sealed?, expectedVersion: Int64?) {
        switch self {
        case .add(let debt, let version): (.addDebts, debt.debtID, debt.details, version)
        case .replace(let debt, let version): (.replaceDebts, debt.debtID, debt.details, version)
        case .remove(let debtID, let version): (.removeDebts, debtID, nil, version)
        }
    }
}
