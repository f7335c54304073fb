import Bureau
import Repositories

/// New data keys of the persons.
extension PostgresPersonStore {
    public func resealingMark() async throws(StoreError) -> ResealingMark {
        try await perform(.read, [BoundStatement(.resealingMark)]) { tables throws(UnexpectedValue) in
            guard tables[0].rowCount > 0 else { throw UnexpectedValue() }
            let row = tables[0][0]
            let number: Int64 = try row.value(0)
            guard let generation = UInt32(exactly: number) else { throw UnexpectedValue() }
            return ResealingMark(generation: generation, begunAt: try row.optional(1))
        }
    }

    public func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) async throws(StoreError) -> Bool {
        let statement = BoundStatement(.setResealingMark) { parameters in
            parameters.add([mark, former]) { Int64($0.generation) }
            parameters.add([mark, former]) { $0.begunAt }
        }
        return try await perform(.write, [statement]) { tables throws(UnexpectedValue) in tables[0].rowCount > 0 }
    }

    public func paymentCounts(of tokens: [SubjectToken]) async throws(StoreError) -> [Int] {
        guard !tokens.isEmpty else { return [] }
        let statement = BoundStatement(.paymentCounts) { $0.add(tokens) { $0 } }
        let counts = try await perform(.read, [statement]) { tables throws(UnexpectedValue) in
            try tables[0].versions()
        }
        return tokens.map { Int(counts[$0] ?? 0) }
    }

    public func highestEncryptionCount() async throws(StoreError) -> Int64 {
        try await perform(.read, [BoundStatement(.highestEncryptionCount)]) { tables throws(UnexpectedValue) in
            try tables[0][0].value(0)
        }
    }

    public func sealedParts(of tokens: [SubjectToken]) async throws(StoreError) -> [SealedParts] {
        guard !tokens.isEmpty else { return [] }
        let statements = [Statement.sealedPayments, .sealedConsents, .sealedRequests].map { statement in
            BoundStatement(statement) { $0.add(tokens) { $0 } }
        }
        let parts = try await perform(.read, statements) { tables throws(UnexpectedValue) in
            var parts: [SubjectToken: SealedParts] = [:]
            for index in 0..<tables[0].rowCount {
                let row = tables[0][index]
                let payment = SealedPayment(
                    debtID: try row.value(1), key: try row.value(2), position: try row.value(3),
                    version: try row.value(4), details: try row.value(5))
                parts[try row.value(0), default: SealedParts()].payments.append(payment)
            }
            for index in 0..<tables[1].rowCount {
                let row = try tables[1][index].sealedRow()
                parts[row.token, default: SealedParts()].consents.append(row.row)
            }
            for index in 0..<tables[2].rowCount {
                let row = try tables[2][index].sealedRow()
                parts[row.token, default: SealedParts()].requests.append(row.row)
            }
            return parts
        }
        return tokens.map { parts[$0] ?? SealedParts() }
    }

    public func reseal(_ subjects: [SubjectReseal]) async throws(StoreError) -> [Bool] {
        guard !subjects.isEmpty else { return [] }
        let resealed = try await perform(.write, subjects.statements) { tables throws(UnexpectedValue) in
            try tables[1].tokens()
        }
        return subjects.map { resealed.contains($0.token) }
    }
}

extension [SubjectReseal] {
    /// A value that is sealed anew, with the new data key of its person.
    private struct Value {
        let token: SubjectToken
        let dataKey: WrappedDataKey
        let rowID: RecordID
        let details: Sealed
        var payment: SealedPayment?
    }

    /// The most rows of one statement, so that each ends long before the server's time limit.
    private static var rowsOfStatement: Int { 2500 }

    /// The locks first, then the persons, then what is theirs.
    var statements: [BoundStatement] {
        let persons = BoundStatement(.resealPersons) { parameters in
            parameters.add(self) { $0.token }
            parameters.add(self) { $0.former.dataKey }
            parameters.add(self) { $0.former.version }
            parameters.add(self) { Int64($0.formerParts.payments.count) }
            parameters.add(self) { $0.paymentVersions }
            parameters.add(self) { Int64($0.formerParts.consents.count) }
            parameters.add(self) { Int64($0.formerParts.requests.count) }
            parameters.add(self) { $0.person.dataKey }
            parameters.add(self) { $0.person.identity }
            parameters.add(self) { $0.person.address }
            parameters.add(self) { $0.person.state }
            parameters.add(self) { $0.encryptions }
        }
        let debts = values { reseal in reseal.person.debts.map { ($0.debtID, $0.details, nil) } }
        let payments = values { reseal in reseal.parts.payments.map { ($0.debtID, $0.details, $0) } }
        let consents = values { reseal in reseal.parts.consents.map { ($0.rowID, $0.details, nil) } }
        let requests = values { reseal in reseal.parts.requests.map { ($0.rowID, $0.details, nil) } }
        return [BoundStatement(.lock) { $0.add(self) { $0.token } }, persons]
            + [
                (Statement.resealDebts, debts), (.resealPayments, payments), (.resealConsents, consents),
                (.resealRequests, requests),
            ].flatMap { statement, values in
                stride(from: 0, to: values.count, by: Self.rowsOfStatement).map { start in
                    let part = values[start..<Swift.min(start + Self.rowsOfStatement, values.count)]
                    return BoundStatement(statement) { parameters in
                        parameters.add(part) { $0.token }
                        parameters.add(part) { $0.dataKey }
                        parameters.add(part) { $0.rowID }
                        parameters.add(part) { $0.details }
                        guard statement == .resealPayments else { return }
                        parameters.add(part) { $0.payment?.key }
                        parameters.add(part) { $0.payment?.position }
                    }
                }
            } + logged
    }

    private func values(
        _ rows: (SubjectReseal) -> [(rowID: RecordID, details: Sealed, payment: SealedPayment?)]
    ) -> [Value] {
        flatMap { reseal in
            rows(reseal).map { row in
                Value(
                    token: reseal.token, dataKey: reseal.person.dataKey, rowID: row.rowID, details: row.details,
                    payment: row.payment)
            }
        }
    }
}

extension PostgresRow {
    fileprivate func sealedRow() throws(UnexpectedValue) -> (token: SubjectToken, row: SealedRow) {
        (try value(0), SealedRow(rowID: try value(1), details: try value(2), at: try value(3)))
    }
}
