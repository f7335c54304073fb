import Bureau
import Repositories

extension PostgresPersonStore {
    public func find(_ payments: [PaymentKey]) async throws(StoreError) -> [PaymentState] {
        guard !payments.isEmpty else { return [] }
        return try await perform(.read, payments.statements) { tables throws(UnexpectedValue) in
            var states = Array(repeating: PaymentState(count: 0, payment: nil), count: payments.count)
            for index in 0..<tables[0].rowCount {
                let row = tables[0][index]
                let number = try row.number(upTo: payments.count)
                states[number] = PaymentState(count: try row.value(1), payment: try row.payment(from: 2))
            }
            return states
        }
    }

    public func payments(_ queries: [PaymentQuery]) async throws(StoreError) -> [[PaymentRecord]] {
        guard !queries.isEmpty else { return [] }
        return try await perform(.read, queries.statements) { tables throws(UnexpectedValue) in
            var pages = [[PaymentRecord]](repeating: [], count: queries.count)
            for index in 0..<tables[0].rowCount {
                let row = tables[0][index]
                guard let payment = try row.payment(from: 1) else { throw UnexpectedValue() }
                pages[try row.number(upTo: queries.count)].append(payment)
            }
            return pages.map { $0.sorted { $0.position > $1.position } }
        }
    }

    public func payments(of queries: [PersonPaymentsQuery]) async throws(StoreError) -> [[PersonPayment]] {
        guard !queries.isEmpty else { return [] }
        return try await perform(.read, queries.statements) { tables throws(UnexpectedValue) in
            var pages = [[PersonPayment]](repeating: [], count: queries.count)
            for index in 0..<tables[0].rowCount {
                let row = tables[0][index]
                guard let payment = try row.payment(from: 1) else { throw UnexpectedValue() }
                let number = try row.number(upTo: queries.count)
                pages[number].append(PersonPayment(debtID: try row.value(7), record: payment))
            }
            return pages.map { page in
                page.sorted { ($0.debtID, $0.record.position) < ($1.debtID, $1.record.position) }
            }
        }
    }

    public func write(_ changes: [PaymentChange]) async throws(StoreError) -> [WriteOutcome] {
        guard !changes.isEmpty else { return [] }
        return try await perform(.write, changes.statements, decode: changes.outcomes)
    }
}

extension [PaymentKey] {
    var statements: [BoundStatement] {
        let statement = BoundStatement(.findPayments) { parameters in
            parameters.add(self) { $0.token }
            parameters.add(self) { $0.debtID }
            parameters.add(self) { $0.key }
        }
        return [statement]
    }
}

extension [PaymentQuery] {
    var statements: [BoundStatement] {
        let statement = BoundStatement(.paymentPage) { parameters in
            parameters.add(self) { $0.token }
            parameters.add(self) { $0.debtID }
            parameters.add(self) { $0.before }
            parameters.add(self) { Int64($0.limit) }
        }
        return [statement]
    }
}

extension [PersonPaymentsQuery] {
    var statements: [BoundStatement] {
        let statement = BoundStatement(.personPaymentPage) { parameters in
            parameters.add(self) { $0.token }
            parameters.add(self) { $0.after?.debtID }
            parameters.add(self) { $0.after?.position }
            parameters.add(self) { Int64($0.limit) }
        }
        return [statement]
    }
}

extension [PaymentChange] {
    /// The locks and the debts first, then one statement for each kind of change.
    var statements: [BoundStatement] {
        let found = [
            BoundStatement(.lock) { $0.add(self) { $0.payment.token } },
            BoundStatement(.findDebts) { parameters in
                parameters.add(self) { $0.payment.token }
                parameters.add(self) { $0.payment.debtID }
            },
        ]
        let writes = [Statement.addPayments, .replacePayments].compactMap { statement in
            let chosen = filter { $0.statement == statement }
            return chosen.isEmpty ? nil : Self.bind(statement, chosen)
        }
        return found + writes + logged + compactMap(\.receipt).forgetting
    }

    private static func bind(_ statement: Statement, _ changes: [PaymentChange]) -> BoundStatement {
        BoundStatement(statement) { parameters in
            parameters.add(changes) { $0.payment.token }
            parameters.add(changes) { $0.dataKey }
            parameters.add(changes) { $0.payment.debtID }
            parameters.add(changes) { $0.expected }
            parameters.add(changes) { $0.payment.key }
            parameters.add(changes) { $0.details }
            parameters.add(changes) { $0.times.updated }
            parameters.addReceipts(changes.compactMap(\.receipt))
            if statement == .addPayments { parameters.add(changes) { $0.times.created } }
        }
    }

    /// Reads what became of each change from the rows of the statements.
    fileprivate func outcomes(_ tables: [ResultTable]) throws(UnexpectedValue) -> [WriteOutcome] {
        let persons = try tables[0].lockedPersons()
        let debts = try tables[1].versions()
        var written: [SubjectToken: WriteOutcome] = [:]
        for table in tables.dropFirst(2) { written.merge(try table.writtenOutcomes()) { first, _ in first } }
        return map { change in
            if let outcome = written[change.payment.token] { return outcome }
            let isThere = persons[change.payment.token] != nil && debts[change.payment.token] != nil
            return isThere ? .overtaken : .notFound
        }
    }
}

extension PaymentChange {
    fileprivate var statement: Statement {
        switch action {
        case .add: .addPayments
        case .replace: .replacePayments
        }
    }

    /// The position of a new payment, or the expected version of a stored one.
    fileprivate var expected: Int64 {
        switch action {
        case .add(let position): position
        case .replace(let expectedVersion): expectedVersion
        }
    }
}

extension PostgresRow {
    /// The index of the item that the row is about, which the first column counts from 1.
    fileprivate func number(upTo count: Int) throws(UnexpectedValue) -> Int {
        let number: Int64 = try value(0)
        guard 1...Int64(count) ~= number else { throw UnexpectedValue() }
        return Int(number - 1)
    }

    /// The payment in six columns; nil when they are NULL.
    fileprivate func payment(from column: Int32) throws(UnexpectedValue) -> PaymentRecord? {
        guard let position: Int64 = try optional(column) else { return nil }
        return PaymentRecord(
            position: position, key: try value(column + 1), details: try value(column + 2),
            version: try value(column + 3),
            times: RowTimes(created: try value(column + 4), updated: try value(column + 5)))
    }
}
