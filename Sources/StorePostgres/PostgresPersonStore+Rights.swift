import Bureau
import Repositories

/// Requests, consents and registers.
extension PostgresPersonStore {
    public func write(_ filings: [RequestFiling]) async throws(StoreError) -> [WriteOutcome] {
        guard !filings.isEmpty else { return [] }
        let statements = filings.map { WitnessedFiling($0) }.statements
        let sealed = filings.compactMap { filing in filing.sealedBy.map { (filing.token, $0) } }
        let done = try await performUnlessErased(statements, filings.map(\.token), sealed)
        return filings.map { filing in
            if done.written.contains(filing.token) { return .written(version: 1) }
            if done.erased.contains(filing.token) { return .erased }
            if done.overtaken.contains(filing.token) { return .overtaken }
            if case .open = filing { return .alreadyExists }
            return .notFound
        }
    }

    public func requests(_ queries: [RequestQuery]) async throws(StoreError) -> [[RequestRecord]] {
        guard !queries.isEmpty else { return [] }
        return try await perform(.read, queries.statements) { tables throws(UnexpectedValue) in
            try tables[0].pages(queries.count) { (row) throws(UnexpectedValue) in try row.request() }
                .map { $0.sorted { $0.requestID > $1.requestID } }
        }
    }

    public func due(_ queries: [DueQuery]) async throws(StoreError) -> [[RequestRecord]] {
        guard !queries.isEmpty else { return [] }
        return try await perform(.read, queries.statements) { tables throws(UnexpectedValue) in
            var pages = [[RequestRecord]](repeating: [], count: queries.count)
            for table in tables {
                let found = try table.pages(queries.count) { (row) throws(UnexpectedValue) in try row.request() }
                for (index, page) in found.enumerated() { pages[index] += page }
            }
            return pages.map { $0.sorted { $0.position < $1.position } }
        }
    }

    public func write(_ changes: [ConsentChange]) async throws(StoreError) -> [WriteOutcome] {
        guard !changes.isEmpty else { return [] }
        let (persons, written) = try await perform(.write, changes.statements) { tables throws(UnexpectedValue) in
            (try tables[0].lockedPersons(), try Array(tables.dropFirst()).writtenTokens())
        }
        return changes.map { change in
            if written.contains(change.token) { return .written(version: 1) }
            guard case .grant(_, let dataKey) = change.action, let person = persons[change.token] else {
                return .notFound
            }
            return person.key.isSameKey(as: dataKey) ? .notFound : .overtaken
        }
    }

    public func consents(_ queries: [ConsentQuery]) async throws(StoreError) -> [[ConsentRecord]] {
        guard !queries.isEmpty else { return [] }
        return try await perform(.read, queries.statements) { tables throws(UnexpectedValue) in
            try tables[0].pages(queries.count) { (row) throws(UnexpectedValue) in
                ConsentRecord(
                    consentID: try row.value(1), details: try row.value(2), grantedAt: try row.value(3),
                    revokedAt: try row.optional(4))
            }
            .map { $0.sorted { $0.consentID > $1.consentID } }
        }
    }

    public func write(_ changes: [CadastroChange]) async throws(StoreError) -> [WriteOutcome] {
        guard !changes.isEmpty else { return [] }
        let sealed = changes.compactMap { change in change.sealedBy.map { (change.token, $0) } }
        let done = try await performUnlessErased(changes.statements, changes.map(\.token), sealed)
        return changes.map { change in
            if done.erased.contains(change.token) { return .erased }
            return done.overtaken.contains(change.token) ? .overtaken : .written(version: 1)
        }
    }

    /// What became of subjects, by their tokens.
    private struct Done {
        var written: Set<SubjectToken>
        var erased: Set<SubjectToken>
        /// Those with another data key than a value was sealed with, or none.
        var overtaken: Set<SubjectToken>
    }

    /// Carries out statements that leave erased subjects alone. `sealed` are the data keys of what is written of
    /// persons whom no statement locks; they are locked first.
    private func performUnlessErased(
        _ statements: [BoundStatement], _ tokens: [SubjectToken], _ sealed: [(token: SubjectToken, key: WrappedDataKey)]
    ) async throws(StoreError) -> Done {
        let locks = [
            BoundStatement(.shareBurialLock), BoundStatement(.lock) { $0.add(sealed) { $0.token } },
            BoundStatement(.countDetails) { parameters in
                parameters.add(sealed) { $0.token }
                parameters.add(sealed) { $0.key }
            },
        ]
        let tombstones = BoundStatement(.tombstones) { $0.add(tokens) { $0 } }
        return try await perform(.write, locks + statements + [tombstones]) { tables throws(UnexpectedValue) in
            let persons = try tables[1].lockedPersons()
            let overtaken = sealed.filter { persons[$0.token]?.key.isSameKey(as: $0.key) != true }
            return Done(
                written: try Array(tables.dropFirst(3).dropLast()).writtenTokens(),
                erased: try Array(tables.suffix(1)).writtenTokens(), overtaken: Set(overtaken.map(\.token)))
        }
    }

    public func closedCadastros(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        let statement = BoundStatement(.closedCadastros) { parameters in
            // Every token comes after no bytes.
            parameters.add([token?.bytes ?? []]) { $0 }
            parameters.add([Int64(limit)]) { $0 }
        }
        return try await perform(.read, [statement]) { tables throws(UnexpectedValue) in
            try tables[0].tokens().sorted()
        }
    }

    public func cadastros(_ tokens: [SubjectToken]) async throws(StoreError) -> [CadastroRecord?] {
        guard !tokens.isEmpty else { return [] }
        let statement = BoundStatement(.cadastros) { $0.add(tokens) { $0 } }
        let found = try await perform(.read, [statement]) { tables throws(UnexpectedValue) in
            var found: [SubjectToken: CadastroRecord] = [:]
            for index in 0..<tables[0].rowCount {
                let row = tables[0][index]
                found[try row.value(0)] = CadastroRecord(
                    cancelledAt: try row.value(1), reopenedAt: try row.optional(2))
            }
            return found
        }
        return tokens.map { found[$0] }
    }
}

extension [RequestQuery] {
    var statements: [BoundStatement] {
        let statement = BoundStatement(.requestPage) { parameters in
            parameters.add(self) { $0.token }
            parameters.add(self) { $0.kind?.rawValue }
            parameters.add(self) { $0.before }
            parameters.add(self) { Int64($0.limit) }
        }
        return [statement]
    }
}

extension [ConsentQuery] {
    var statements: [BoundStatement] {
        let statement = BoundStatement(.consentPage) { parameters in
            parameters.add(self) { $0.token }
            parameters.add(self) { $0.before }
            parameters.add(self) { Int64($0.limit) }
        }
        return [statement]
    }
}

extension [DueQuery] {
    /// One statement for the queries of open requests, which have an index of their own, and one for the others.
    var statements: [BoundStatement] {
        let numbered = enumerated().map { (number: Int64($0.offset + 1), query: $0.element) }
        return [(Statement.openRequestPage, false), (.everyRequestPage, true)].compactMap {
            statement, isOfAll -> BoundStatement? in
            let chosen = numbered.filter { ($0.query.state == .all) == isOfAll }
            if chosen.isEmpty { return nil }
            return BoundStatement(statement) { parameters in
                parameters.add(chosen) { $0.number }
                parameters.add(chosen) { $0.query.state == .due ? $0.query.now : nil }
                parameters.add(chosen) { $0.query.state == .late ? $0.query.now : nil }
                parameters.add(chosen) { $0.query.after?.lateFrom }
                parameters.add(chosen) { $0.query.after?.requestID }
                parameters.add(chosen) { Int64($0.query.limit) }
            }
        }
    }
}

extension [ConsentChange] {
    var statements: [BoundStatement] {
        var granted: [(token: SubjectToken, key: WrappedDataKey, consent: ConsentRecord)] = []
        var revoked: [(token: SubjectToken, consentID: RecordID, at: Instant)] = []
        for change in self {
            switch change.action {
            case .grant(let consent, let dataKey): granted.append((change.token, dataKey, consent))
            case .revoke(let consentID, let at): revoked.append((change.token, consentID, at))
            }
        }
        var statements = [BoundStatement(.lock) { $0.add(granted) { $0.token } }]
        if !granted.isEmpty {
            statements.append(
                BoundStatement(.grantConsents) { parameters in
                    parameters.add(granted) { $0.token }
                    parameters.add(granted) { $0.key }
                    parameters.add(granted) { $0.consent.consentID }
                    parameters.add(granted) { $0.consent.details }
                    parameters.add(granted) { $0.consent.grantedAt }
                })
        }
        if !revoked.isEmpty {
            statements.append(
                BoundStatement(.revokeConsents) { parameters in
                    parameters.add(revoked) { $0.token }
                    parameters.add(revoked) { $0.consentID }
                    parameters.add(revoked) { $0.at }
                })
        }
        return statements
    }
}

extension [CadastroChange] {
    /// The registers first, then the requests.
    var statements: [BoundStatement] {
        let changes = [(Statement.cancelCadastros, true), (.reopenCadastros, false)].compactMap {
            statement, isCancelled -> BoundStatement? in
            let chosen = filter { $0.isCancelled == isCancelled }
            if chosen.isEmpty { return nil }
            return BoundStatement(statement) { parameters in
                parameters.add(chosen) { $0.token }
                parameters.add(chosen) { $0.request.receivedAt }
                parameters.add(chosen) { $0.sealedBy }
            }
        }
        return changes + map { WitnessedFiling(.open($0.request, sealedBy: $0.sealedBy)) }.statements
    }
}

extension [ResultTable] {
    /// The tokens in the first column of any table.
    fileprivate func writtenTokens() throws(UnexpectedValue) -> Set<SubjectToken> {
        var tokens: Set<SubjectToken> = []
        for table in self { tokens.formUnion(try table.tokens()) }
        return tokens
    }
}

extension ResultTable {
    /// Reads rows whose first column is the number of their query, from 1 on.
    fileprivate func pages<Item>(
        _ count: Int, _ read: (PostgresRow) throws(UnexpectedValue) -> Item
    ) throws(UnexpectedValue) -> [[Item]] {
        var pages = [[Item]](repeating: [], count: count)
        for index in 0..<rowCount {
            let row = self[index]
            let number: Int64 = try row.value(0)
            guard 1...Int64(count) ~= number else { throw UnexpectedValue() }
            pages[Int(number - 1)].append(try read(row))
        }
        return pages
    }
}

extension PostgresRow {
    /// The request in the columns after the number of its query.
    fileprivate func request() throws(UnexpectedValue) -> RequestRecord {
        guard let kind = RequestKind(rawValue: try value(3)) else { throw UnexpectedValue() }
        var completion: RequestCompletion?
        if let at: Instant = try optional(8) {
            guard let outcome = RequestOutcome(rawValue: try value(9)) else { throw UnexpectedValue() }
            completion = RequestCompletion(at: at, outcome: outcome)
        }
        return RequestRecord(
            requestID: try value(1), token: try value(2), kind: kind, debtID: try optional(4),
            receivedAt: try value(5), lateFrom: try value(6), details: try optional(7), completion: completion)
    }
}
