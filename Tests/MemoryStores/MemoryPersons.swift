import Bureau
import Repositories
import Vault

/// Base A in memory, which can fail, be overtaken and be damaged on demand.
package actor MemoryPersons: PersonRepository, MemoryStore {
    package internal(set) var records: [SubjectToken: PersonRecord] = [:]
    package var log = MemoryAuditLog()
    package private(set) var use = StoreUse()
    /// Every sealed value that was ever passed in.
    package private(set) var sealed: [Sealed] = []
    /// The last versions of deleted persons.
    var formerVersions: [SubjectToken: Int64] = [:]
    package internal(set) var receipts: [RepeatKey: Receipt] = [:]
    var payments: [RecordID: [PaymentRecord]] = [:]
    var resealing = ResealingMark()
    var rights = MemoryRights()
    var graves: [SubjectToken: Tombstone] = [:]
    var outbox: [RecordID: NewOutboxEntry] = [:]
    var blocks: Set<SubjectToken> = []
    private var failure: StoreError?
    private var overtakings = 0
    private var personOvertakings = 0

    private let auditKeys: AuditKeys?

    /// `auditKeys` open what `audits` tells.
    package init(auditKeys: AuditKeys? = nil) { self.auditKeys = auditKeys }

    /// The lines of the log, opened, in the order in which they were appended.
    package var auditLines: [[UInt8]] {
        let lines = log.records.map(\.line)
        return (auditKeys?.opened(lines) ?? lines).map(\.line)
    }

    /// Forgets all records and calls, so that it can serve again as if it were new.
    package func clear() {
        use = StoreUse()
        records = [:]
        log = MemoryAuditLog()
        sealed = []
        formerVersions = [:]
        receipts = [:]
        payments = [:]
        rights = MemoryRights()
        graves = [:]
        outbox = [:]
        blocks = []
    }

    package func fail(with failure: StoreError?) { self.failure = failure }

    package var paymentKeys: [RecordID] { payments.values.flatMap { $0.map(\.key) } }

    /// Answers the next `count` writing calls as if another writer had written the persons and their debts first. The
    /// records stay, because only a service can seal new ones.
    package func overtake(_ count: Int) { overtakings = count }

    /// Answers the next `count` writing calls as if another writer had written the persons, and none of their debts.
    package func overtakePersons(_ count: Int) { personOvertakings = count }

    /// Changes the stored payments of a debt.
    package func damagePayments(of debtID: RecordID, _ change: @Sendable (inout PaymentRecord) -> Void) {
        payments[debtID] = payments[debtID]?.map { record in
            var record = record
            change(&record)
            return record
        }
    }

    package func paymentsOf(_ debtID: RecordID) -> [PaymentRecord] { payments[debtID] ?? [] }

    package func removePayments(of debtID: RecordID) { payments[debtID] = nil }

    /// Puts a person back, past all checks.
    /// Loses a tombstone, as a former copy has none.
    package func unbury(_ token: SubjectToken) { graves[token] = nil }

    package func putBack(_ record: PersonRecord) { records[record.token] = record }

    package func damage(_ token: SubjectToken, _ change: @Sendable (inout PersonRecord) -> Void) {
        if var record = records[token] {
            change(&record)
            records[token] = record
        }
    }

    package func create(_ persons: [PersonCreation], audit: [AuditLine]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: persons.map(\.token))
        log.append(audit)
        return logged(persons) { person in
            keep([person.identity, person.address].compactMap(\.self) + person.debts.map(\.details))
            return once(person.receipt) {
                if graves[person.token] != nil { return .erased }
                guard records[person.token] == nil else { return .alreadyExists }
                let version = (formerVersions[person.token] ?? 0) + 1
                records[person.token] = PersonRecord(
                    token: person.token, dataKey: person.dataKey, identity: person.identity, address: person.address,
                    debts: person.debts.map(\.record), version: version, times: person.times)
                records[person.token]?.state = person.state
                records[person.token]?.encryptions = EncryptionCount.creation
                return .written(version: version)
            }
        }
    }

    package func read(_ tokens: [SubjectToken], audit: [AuditLine]) async throws(StoreError) -> [PersonRecord?] {
        try begin()
        log.append(audit)
        return tokens.map { token in
            var record = graves[token] == nil ? records[token] : nil
            record?.cadastroCancelledAt = rights.cancelledAt(token)
            return record
        }
    }

    package func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: updates.map(\.token))
        let isOvertaken = takeOvertaking()
        return logged(updates) { update in
            keep([update.identity, update.address].compactMap(\.self))
            if isOvertaken != nil { return .versionConflict(current: update.expectedVersion + 1) }
            return once(update.receipt) {
                guard var record = records[update.token] else { return .notFound }
                guard record.version == update.expectedVersion, record.dataKey.isSameKey(as: update.dataKey) else {
                    return .versionConflict(current: record.version)
                }
                record.identity = update.identity
                record.address = update.address
                record.state = update.state
                record.encryptions += EncryptionCount.update
                let outcome = write(record, at: update.times.updated)
                rights.apply(update.filing, after: outcome)
                return outcome
            }
        }
    }

    package func delete(
        _ deletions: [PersonDeletion], audit: [AuditLine]
    ) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: deletions.map(\.token))
        log.append(audit)
        return logged(deletions) { deletion in
            once(deletion.receipt) {
                guard let record = records[deletion.token] else { return .notFound }
                if let expected = deletion.expectedVersion, expected != record.version {
                    return .versionConflict(current: record.version)
                }
                records[deletion.token] = nil
                for debt in record.debts { payments[debt.debtID] = nil }
                rights.delete(deletion.token)
                formerVersions[deletion.token] = record.version
                return .written(version: record.version)
            }
        }
    }

    package func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: changes.map(\.token))
        let isOvertaken = takeOvertaking()
        return logged(changes) { change in
            if let isOvertaken, let record = records[change.token] {
                return .versionConflict(current: record.current(change) + (isOvertaken ? 1 : 0))
            }
            return once(change.receipt) {
                guard var record = records[change.token] else { return .notFound }
                guard record.dataKey.isSameKey(as: change.dataKey) else { return .overtaken }
                let outcome = record.apply(change)
                record.state = change.state
                record.encryptions += EncryptionCount.debtChange
                if case .written = outcome { _ = write(record, at: change.times.updated) }
                if case .remove(let debtID, _, _) = change.action, case .written = outcome { payments[debtID] = nil }
                rights.apply(change.filing, after: outcome)
                return outcome
            }
        }
    }

    package func find(_ payments: [PaymentKey]) async throws(StoreError) -> [PaymentState] {
        try begin()
        return payments.map { payment in
            let all = self.payments[payment.debtID] ?? []
            return PaymentState(count: Int64(all.count), payment: all.first { $0.key == payment.key })
        }
    }

    package func payments(_ queries: [PaymentQuery]) async throws(StoreError) -> [[PaymentRecord]] {
        try begin()
        return queries.map { query in
            let all = (payments[query.debtID] ?? []).reversed()
            return Array(all.filter { $0.position < query.before ?? .max }.prefix(query.limit))
        }
    }

    package func payments(of queries: [PersonPaymentsQuery]) async throws(StoreError) -> [[PersonPayment]] {
        try begin()
        return queries.map { query in
            let debts = (records[query.token]?.debts ?? []).map(\.debtID).sorted()
            let all = debts.flatMap { debtID in
                (payments[debtID] ?? []).map { PersonPayment(debtID: debtID, record: $0) }
            }
            let start = query.after.map { last in
                all.firstIndex { ($0.debtID, $0.record.position) > (last.debtID, last.position) } ?? all.count
            }
            return Array(all[(start ?? 0)...].prefix(query.limit))
        }
    }

    package func write(_ changes: [PaymentChange]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: changes.map(\.payment.token))
        return logged(changes) { change in
            keep([change.details])
            return once(change.receipt) {
                guard let person = records[change.payment.token],
                    person.debts.contains(where: { $0.debtID == change.payment.debtID })
                else { return .notFound }
                guard person.dataKey.isSameKey(as: change.dataKey) else { return .overtaken }
                let outcome = apply(change)
                if case .written = outcome { records[person.token]?.encryptions += change.encryptions }
                return outcome
            }
        }
    }

    package func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try begin()
        return keys.map { receipts[$0] }
    }

    package func bury(_ tombstones: [Tombstone]) async throws(StoreError) {
        try begin(writing: tombstones.map(\.token))
        for tombstone in tombstones where graves[tombstone.token] == nil { graves[tombstone.token] = tombstone }
    }

    package func erase(_ tokens: [SubjectToken]) async throws(StoreError) {
        try begin(writing: tokens)
        for token in tokens {
            for debt in records[token]?.debts ?? [] { payments[debt.debtID] = nil }
            records[token] = nil
            formerVersions[token] = nil
            rights.erase(token)
            blocks.remove(token)
        }
        receipts = receipts.filter { !tokens.contains($0.key.token) }
    }

    package func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        try begin()
        return tokens.map { token in
            records[token] != nil || formerVersions[token] != nil || rights.hasAnything(of: token)
                || receipts.keys.contains { $0.token == token }
        }
    }

    package func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        try begin()
        return graves.page(after: token, limit: limit)
    }

    package func tombstones(of tokens: [SubjectToken]) async throws(StoreError) -> [Tombstone?] {
        try begin()
        return tokens.map { graves[$0] }
    }

    package func enqueue(_ entries: [NewOutboxEntry]) async throws(StoreError) -> [OutboxEntry] {
        try begin(writing: [])
        return entries.map { new in
            log.append(new.audit)
            if let tombstone = new.tombstone, graves[tombstone.token] == nil { graves[tombstone.token] = tombstone }
            return outbox.insert(new).entry
        }
    }

    package func claim(
        _ limit: Int, at now: Instant, until deadline: Instant
    ) async throws(StoreError) -> [OutboxEntry] {
        try begin(writing: [])
        return outbox.claim(limit, at: now, until: deadline)
    }

    package func openEntries(_ limit: Int) async throws(StoreError) -> [OutboxEntry] {
        try begin()
        return outbox.values.prefix(limit).map(\.entry)
    }

    package func finish(_ entries: [FinishedEntry]) async throws(StoreError) -> [Bool] {
        try begin(writing: [])
        return entries.map { entry in
            guard outbox.removeValue(forKey: entry.entryID) != nil else { return false }
            graves[entry.tombstone.token] = entry.tombstone
            log.append([entry.audit])
            return true
        }
    }

    package func block(_ changes: [BlockChange]) async throws(StoreError) -> [Bool] {
        try begin(writing: changes.map(\.token))
        return changes.map { change in
            log.append([change.audit])
            return change.isBlocked ? blocks.insert(change.token).inserted : blocks.remove(change.token) != nil
        }
    }

    package func blocked(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        try begin()
        return Array(blocks.filter { other in token.map { other > $0 } ?? true }.sorted().prefix(limit))
    }

    package func health() async -> StoreHealth {
        StoreHealth(base: .a, engine: "memory", roundTripMicroseconds: 0, migrationsApplied: 0, migrationsKnown: 0)
    }

    /// Carries writes out, and keeps what the audit log gets of them.
    private func logged<Write: LoggedWrite>(
        _ writes: [Write], _ write: (Write) -> WriteOutcome
    ) -> [WriteOutcome] {
        let outcomes = writes.map(write)
        log.append(WriteLines.kept(writes.map(\.lines), outcomes))
        return outcomes
    }

    func begin(writing tokens: [SubjectToken]? = nil) throws(StoreError) {
        use.count(writing: tokens)
        if let failure { throw failure }
    }

    /// Carries out a write unless there is a receipt of it, and keeps its receipt when it has written.
    private func once(_ new: NewReceipt?, _ write: () -> WriteOutcome) -> WriteOutcome {
        guard let new else { return write() }
        guard receipts[new.key] == nil else { return .repeated }
        let outcome = write()
        if case .written(let version) = outcome {
            receipts[new.key] = new.receipt
            receipts[new.key]?.version = version
        }
        return outcome
    }

    private func apply(_ change: PaymentChange) -> WriteOutcome {
        var all = payments[change.payment.debtID] ?? []
        defer { payments[change.payment.debtID] = all }
        let index = all.firstIndex { $0.key == change.payment.key }
        switch change.action {
        case .add(let position):
            guard index == nil, position == all.count else { return .overtaken }
            let record = PaymentRecord(
                position: position, key: change.payment.key, details: change.details, version: 1, times: change.times)
            all.append(record)
            return .written(version: 1)
        case .replace(let version):
            guard let index, all[index].version == version else { return .overtaken }
            all[index].details = change.details
            all[index].version += 1
            all[index].times.updated = change.times.updated
            return .written(version: version + 1)
        }
    }

    func keep(_ values: [Sealed]) { sealed += values }

    private func write(_ record: PersonRecord, at: Instant) -> WriteOutcome {
        var record = record
        record.version += 1
        record.times.updated = at
        records[record.token] = record
        return .written(version: record.version)
    }

    /// Whether another writer is in the way of this call: nil for none, true for one who wrote the debts as well.
    private func takeOvertaking() -> Bool? {
        if personOvertakings > 0 {
            personOvertakings -= 1
            return false
        }
        guard overtakings > 0 else { return nil }
        overtakings -= 1
        return true
    }
}

extension NewDebt {
    fileprivate var record: DebtRecord {
        DebtRecord(debtID: debtID, details: details, version: 1, times: times)
    }
}

extension PersonRecord {
    /// The version that a change of a debt is compared with.
    fileprivate func current(_ change: DebtChange) -> Int64 {
        switch change.action {
        case .add: version
        case .replace(let debt, _, _): debts.first { $0.debtID == debt.debtID }?.version ?? 0
        case .remove(let debtID, _, _): debts.first { $0.debtID == debtID }?.version ?? 0
        }
    }

    /// Changes a debt as the protocol of the repository says.
    fileprivate mutating func apply(_ change: DebtChange) -> WriteOutcome {
        switch change.action {
        case .add(let debt, let expected):
            if let expected, expected != version { return .versionConflict(current: version) }
            debts.append(debt.record)
            return .written(version: 1)
        case .replace(let debt, let expected, let expectedPerson):
            guard let index = debts.firstIndex(where: { $0.debtID == debt.debtID }) else { return .notFound }
            guard debts[index].version == expected, expectedPerson ?? version == version else {
                return .versionConflict(current: debts[index].version)
            }
            debts[index].details = debt.details
            debts[index].version += 1
            debts[index].times.updated = debt.times.updated
            return .written(version: debts[index].version)
        case .remove(let debtID, let expected, let expectedPerson):
            guard let index = debts.firstIndex(where: { $0.debtID == debtID }) else { return .notFound }
            guard expected ?? debts[index].version == debts[index].version, expectedPerson ?? version == version else {
                return .versionConflict(current: debts[index].version)
            }
            return .written(version: debts.remove(at: index).version)
        }
    }
}
