import Bureau
import Repositories

/// Tombstones, and what goes with an erased person.
extension PostgresPersonStore {
    public func bury(_ tombstones: [Tombstone]) async throws(StoreError) {
        if tombstones.isEmpty { return }
        try await perform(.write, tombstones.statements) { _ in () }
    }

    public func erase(_ tokens: [SubjectToken]) async throws(StoreError) {
        if tokens.isEmpty { return }
        try await perform(.write, tokens.erasing) { _ in () }
    }

    public func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        if tokens.isEmpty { return [] }
        let statement = BoundStatement(.remains) { $0.add(tokens) { $0 } }
        let left = try await perform(.read, [statement]) { tables throws(UnexpectedValue) in try tables[0].tokens() }
        return tokens.map(left.contains)
    }

    public func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        let statement = BoundStatement(.tombstonePage) { parameters in
            // Every token comes after no bytes.
            parameters.add([token?.bytes ?? []]) { $0 }
            parameters.add([Int64(limit)]) { $0 }
        }
        return try await perform(.read, [statement]) { tables throws(UnexpectedValue) in try tables[0].tombstones() }
    }

    public func tombstones(of tokens: [SubjectToken]) async throws(StoreError) -> [Tombstone?] {
        if tokens.isEmpty { return [] }
        let statement = BoundStatement(.tombstones) { $0.add(tokens) { $0 } }
        let found = try await perform(.read, [statement]) { tables throws(UnexpectedValue) in
            try tables[0].tombstones()
        }
        let byToken = Dictionary(found.map { ($0.token, $0) }) { first, _ in first }
        return tokens.map { byToken[$0] }
    }
}

/// The outbox.
extension PostgresPersonStore {
    public func enqueue(_ entries: [NewOutboxEntry]) async throws(StoreError) -> [OutboxEntry] {
        if entries.isEmpty { return [] }
        let found = try await perform(.write, entries.statements) { tables throws(UnexpectedValue) in
            try tables[2].outboxEntries()
        }
        let byID = Dictionary(found.map { ($0.entryID, $0) }) { first, _ in first }
        return entries.map { byID[$0.entry.entryID] ?? $0.entry }
    }

    public func claim(
        _ limit: Int, at now: Instant, until deadline: Instant
    ) async throws(StoreError) -> [OutboxEntry] {
        let statement = BoundStatement(.claim) { parameters in
            parameters.add([now]) { $0 }
            parameters.add([deadline]) { $0 }
            parameters.add([Int64(limit)]) { $0 }
        }
        return try await perform(.write, [statement]) { tables throws(UnexpectedValue) in
            try tables[0].outboxEntries()
        }
    }

    public func openEntries(_ limit: Int) async throws(StoreError) -> [OutboxEntry] {
        let statement = BoundStatement(.openEntries) { $0.add([Int64(limit)]) { $0 } }
        return try await perform(.read, [statement]) { tables throws(UnexpectedValue) in
            try tables[0].outboxEntries()
        }
    }

    public func finish(_ entries: [FinishedEntry]) async throws(StoreError) -> [Bool] {
        if entries.isEmpty { return [] }
        let finished = try await perform(.write, entries.statements) { tables throws(UnexpectedValue) in
            var finished: Set<RecordID> = []
            for index in 0..<tables[0].rowCount { finished.insert(try tables[0][index].value(0)) }
            return finished
        }
        return entries.map { finished.contains($0.entryID) }
    }
}

extension [Tombstone] {
    /// The lock against creations first, then the tombstones.
    var statements: [BoundStatement] {
        [
            BoundStatement(.takeBurialLock),
            BoundStatement(.bury) { parameters in
                parameters.add(self) { $0.token }
                parameters.add(self) { $0.note }
            },
        ]
    }
}

extension [SubjectToken] {
    /// The locks first, then the deletions.
    var erasing: [BoundStatement] {
        [BoundStatement(.lock) { $0.add(self) { $0 } }, BoundStatement(.erase) { $0.add(self) { $0 } }]
    }
}

extension [NewOutboxEntry] {
    /// The audit log first, then the tasks and what stands of them, and the tombstones.
    var statements: [BoundStatement] {
        let tombstones = compactMap(\.tombstone)
        return [
            flatMap(\.audit).statement,
            BoundStatement(.enqueue) { parameters in
                parameters.add(self) { $0.entry.entryID }
                parameters.add(self) { $0.entry.note }
                parameters.add(self) { $0.at }
                parameters.add(self) { $0.lockedUntil }
            },
            BoundStatement(.outboxEntries) { $0.add(self) { $0.entry.entryID } },
        ] + (tombstones.isEmpty ? [] : tombstones.statements)
    }
}

extension [FinishedEntry] {
    var statements: [BoundStatement] {
        let statement = BoundStatement(.finish) { parameters in
            parameters.add(self) { $0.entryID }
            parameters.add(self) { $0.tombstone.token }
            parameters.add(self) { $0.tombstone.note }
            parameters.add(self) { $0.audit.recordID }
            parameters.add(self) { $0.audit.at }
            parameters.add(self) { $0.audit.line }
            parameters.add(self) { $0.audit.mac }
        }
        return [statement]
    }
}

extension ResultTable {
    /// Reads rows of tokens and notes.
    fileprivate func tombstones() throws(UnexpectedValue) -> [Tombstone] {
        var tombstones: [Tombstone] = []
        for index in 0..<rowCount {
            tombstones.append(Tombstone(token: try self[index].value(0), note: try self[index].value(1)))
        }
        return tombstones
    }

    /// Reads rows of identifiers and notes.
    fileprivate func outboxEntries() throws(UnexpectedValue) -> [OutboxEntry] {
        var entries: [OutboxEntry] = []
        for index in 0..<rowCount {
            entries.append(OutboxEntry(entryID: try self[index].value(0), note: try self[index].value(1)))
        }
        return entries
    }

    /// Reads the tokens of the first column.
    func tokens() throws(UnexpectedValue) -> Set<SubjectToken> {
        var tokens: Set<SubjectToken> = []
        for index in 0..<rowCount { tokens.insert(try self[index].value(0)) }
        return tokens
    }
}
