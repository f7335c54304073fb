import Bureau
import Repositories

extension PostgresPersonStore {
    public func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome] {
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
        let writes = [Statement.addDebts, .replaceDebts, .removeDebts].compactMap { statement in
            let chosen = filter { $0.action.row.statement == statement }
            return chosen.isEmpty ? nil : Self.bind(statement, chosen)
        }
        return found + writes + filings.statements + logged + compactMap(\.receipt).forgetting
    }

    /// The requests that the changes serve; a change that takes place leaves its sealed details, or no debt.
    private var filings: [WitnessedFiling] {
        compactMap { change in
            change.filing.map { filing in
                let (debtID, new) = (change.action.row.debtID, change.action.row.new)
                return WitnessedFiling(
                    filing, sign: new.map { .debt(debtID, $0.details) } ?? .noDebt(debtID, change.dataKey))
            }
        }
    }

    private static func bind(_ statement: Statement, _ changes: [DebtChange]) -> BoundStatement {
        BoundStatement(statement) { parameters in
            parameters.add(changes) { $0.token }
            parameters.add(changes) { $0.dataKey }
            parameters.add(changes) { $0.action.row.expectedVersion }
            parameters.add(changes) { $0.action.row.debtID }
            parameters.add(changes) { $0.times.updated }
            if statement != .removeDebts {
                parameters.add(changes) { $0.action.row.new?.details }
                parameters.add(changes) { $0.action.row.new?.layout }
            }
            if statement == .replaceDebts {
                parameters.add(changes) { $0.action.row.new?.times.updated }
                parameters.add(changes) { $0.action.row.expectedPersonVersion }
            }
            parameters.addReceipts(changes.compactMap(\.receipt))
            if statement == .removeDebts { parameters.add(changes) { $0.action.row.expectedPersonVersion } }
            parameters.add(changes) { $0.state }
            if statement == .addDebts {
                parameters.add(changes) { $0.action.row.new?.times.created }
                parameters.add(changes) { $0.action.row.new?.times.updated }
            }
        }
    }

    /// Reads what became of each change from the rows of the statements.
    fileprivate func outcomes(_ tables: [ResultTable]) throws(UnexpectedValue) -> [WriteOutcome] {
        let persons = try tables[0].lockedPersons()
        let debts = try tables[1].versions()
        var written: [SubjectToken: WriteOutcome] = [:]
        let writes = Set(map(\.action.row.statement)).count
        for table in tables.dropFirst(2).prefix(writes) {
            written.merge(try table.writtenOutcomes()) { first, _ in first }
        }
        return map { change in
            if let outcome = written[change.token] { return outcome }
            guard let person = persons[change.token] else { return .notFound }
            guard person.key.isSameKey(as: change.dataKey) else { return .overtaken }
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
    func lockedPersons() throws(UnexpectedValue) -> [SubjectToken: (version: Int64, key: WrappedDataKey)] {
        var persons = [SubjectToken: (version: Int64, key: WrappedDataKey)](minimumCapacity: rowCount)
        for index in 0..<rowCount {
            let row = self[index]
            persons[try row.value(0)] = (version: try row.value(1), key: try row.value(2))
        }
        return persons
    }
}

extension DebtChange.Action {
    /// What carries the action out: a statement, with its parameters.
    fileprivate struct Row {
        let statement: Statement
        let debtID: RecordID
        var new: NewDebt?
        /// The version of the person when a debt is added, and that of the debt otherwise.
        let expectedVersion: Int64?
        var expectedPersonVersion: Int64?
    }

    fileprivate var row: Row {
        switch self {
        case .add(let debt, let version):
            Row(statement: .addDebts, debtID: debt.debtID, new: debt, expectedVersion: version)
        case .replace(let debt, let version, let personVersion):
            Row(
                statement: .replaceDebts, debtID: debt.debtID, new: debt, expectedVersion: version,
                expectedPersonVersion: personVersion)
        case .remove(let debtID, let version, let personVersion):
            Row(
                statement: .removeDebts, debtID: debtID, expectedVersion: version,
                expectedPersonVersion: personVersion)
        }
    }
}
