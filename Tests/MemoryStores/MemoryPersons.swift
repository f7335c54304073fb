import Bureau
import Repositories

/// Base A in memory, which can fail, be overtaken and be damaged on demand.
package actor MemoryPersons: PersonRepository, MemoryStore {
    package private(set) var records: [SubjectToken: PersonRecord] = [:]
    package private(set) var audits: [AuditEntry] = []
    package private(set) var use = StoreUse()
    /// Every sealed value that was ever passed in.
    package private(set) var sealed: [Sealed] = []
    private var failure: StoreError?
    private var overtakings = 0

    package init() {}

    /// Forgets all records and calls, so that it can serve again as if it were new.
    package func clear() {
        use = StoreUse()
        records = [:]
        audits = []
        sealed = []
    }

    package func fail(with failure: StoreError?) { self.failure = failure }

    /// Lets another writer write first in the next `count` writing calls.
    package func overtake(_ count: Int) { overtakings = count }

    package func damage(_ token: SubjectToken, _ change: @Sendable (inout PersonRecord) -> Void) {
        if var record = records[token] {
            change(&record)
            records[token] = record
        }
    }

    package func create(_ persons: [PersonCreation]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: persons.map(\.token))
        return persons.map { person in
            keep([person.identity, person.address].compactMap(\.self) + person.debts.map(\.details))
            guard records[person.token] == nil else { return .alreadyExists }
            audits.append(person.audit)
            records[person.token] = PersonRecord(
                token: person.token, dataKey: person.dataKey, identity: person.identity, address: person.address,
                debts: person.debts.map { $0.record(at: person.at) }, version: 1, createdAt: person.at,
                updatedAt: person.at)
            return .written(version: 1)
        }
    }

    package func read(_ reads: [PersonRead]) async throws(StoreError) -> [PersonRecord?] {
        try begin()
        audits += reads.map(\.audit)
        return reads.map { records[$0.token] }
    }

    package func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: updates.map(\.token))
        overtake(updates.map(\.token))
        return updates.map { update in
            keep([update.identity, update.address].compactMap(\.self))
            guard var record = records[update.token] else { return .notFound }
            guard record.version == update.expectedVersion, record.dataKey == update.dataKey else {
                return .versionConflict(current: record.version)
            }
            record.identity = update.identity
            record.address = update.address
            return write(record, at: update.at)
        }
    }

    package func delete(_ deletions: [PersonDeletion]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: deletions.map(\.token))
        return deletions.map { deletion in
            guard let record = records[deletion.token] else { return .notFound }
            if let expected = deletion.expectedVersion, expected != record.version {
                return .versionConflict(current: record.version)
            }
            audits.append(deletion.audit)
            records[deletion.token] = nil
            return .written(version: record.version)
        }
    }

    package func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: changes.map(\.token))
        overtake(changes.map(\.token))
        return changes.map { change in
            guard var record = records[change.token], record.dataKey == change.dataKey else { return .notFound }
            let outcome = record.apply(change)
            if case .written = outcome { _ = write(record, at: change.at) }
            return outcome
        }
    }

    package func health() async -> StoreHealth {
        StoreHealth(base: .a, engine: "memory", roundTripMicroseconds: 0, migrationsApplied: 0, migrationsKnown: 0)
    }

    private func begin(writing tokens: [SubjectToken]? = nil) throws(StoreError) {
        use.count(writing: tokens)
        if let failure { throw failure }
    }

    private func keep(_ values: [Sealed]) { sealed += values }

    private func write(_ record: PersonRecord, at: Instant) -> WriteOutcome {
        var record = record
        record.version += 1
        record.updatedAt = at
        records[record.token] = record
        return .written(version: record.version)
    }

    private func overtake(_ tokens: [SubjectToken]) {
        guard overtakings > 0 else { return }
        overtakings -= 1
        for token in tokens {
            records[token]?.version += 1
            for index in records[token]?.debts.indices ?? 0..<0 { records[token]?.debts[index].version += 1 }
        }
    }
}

extension NewDebt {
    fileprivate func record(at: Instant) -> DebtRecord {
        DebtRecord(debtID: debtID, details: details, version: 1, createdAt: at, updatedAt: at)
    }
}

extension PersonRecord {
    /// Changes a debt as the protocol of the repository says.
    fileprivate mutating func apply(_ change: DebtChange) -> WriteOutcome {
        switch change.action {
        case .add(let debt, let expected):
            if let expected, expected != version { return .versionConflict(current: version) }
            debts.append(debt.record(at: change.at))
            return .written(version: 1)
        case .replace(let debt, let expected):
            guard let index = debts.firstIndex(where: { $0.debtID == debt.debtID }) else { return .notFound }
            guard debts[index].version == expected else { return .versionConflict(current: debts[index].version) }
            debts[index].details = debt.details
            debts[index].version += 1
            debts[index].updatedAt = change.at
            return .written(version: debts[index].version)
        case .remove(let debtID, let expected):
            guard let index = debts.firstIndex(where: { $0.debtID == debtID }) else { return .notFound }
            if let expected, expected != debts[index].version {
                return .versionConflict(current: debts[index].version)
            }
            return .written(version: debts.remove(at: index).version)
        }
    }
}
