import Bureau
import GRDB
import Repositories

/// Base A in an SQLite file.
///
/// Reads run on the writing connection, because each writes its audit row in the same transaction.
public final class SQLitePersonStore: SQLiteStore, PersonRepository {
    let file: SQLiteFile

    /// Opens the file at `path`, made with mode 0600 if it is not there, and applies the migrations that it lacks.
    ///
    /// `migrations` are all steps of base A's schema, in order. A call waits at most `busyTimeoutMilliseconds` while
    /// another process writes to the file.
    public init(
        path: String, migrations: [MigrationStep], busyTimeoutMilliseconds: Int = 5000
    ) throws(StoreOpenError) {
        file = try SQLiteFile(
            .a, path: path, migrations: migrations, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
    }

    public func create(_ persons: [PersonCreation], audit: [AuditLine]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            try AuditRecordTable(db).append(audit)
            let table = try PersonTable(db)
            let debts = try DebtTable(db)
            let receipts = try ReceiptTable(db)
            let erased = try TombstoneTable(db).erased(among: persons.lazy.map(\.token))
            let outcomes: [WriteOutcome] = try persons.map { person in
                try receipts.once(person.receipt) {
                    if erased.contains(person.token) { return .erased }
                    guard let inserted = try table.insert(person) else { return .alreadyExists }
                    for (position, debt) in person.debts.enumerated() {
                        try debts.insert(debt, person: inserted.row, position: position)
                    }
                    return .written(version: inserted.version)
                }
            }
            try AuditRecordTable(db).append(WriteLines.kept(persons.map(\.lines), outcomes))
            return outcomes
        }
    }

    public func read(_ tokens: [SubjectToken], audit: [AuditLine]) async throws(StoreError) -> [PersonRecord?] {
        // Without a record to be kept, nobody waits for the writing connection.
        if audit.isEmpty {
            return try await file.read { db in
                let query = try PersonQuery(db)
                return try tokens.map { try query.record($0) }
            }
        }
        return try await file.write(failed: { $0.auditedReadError($1) }) { db in
            try AuditRecordTable(db).append(audit)
            let query = try PersonQuery(db)
            return try tokens.map { try query.record($0) }
        }
    }

    public func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try PersonTable(db)
            let receipts = try ReceiptTable(db)
            let requests = try RequestTable(db)
            let outcomes: [WriteOutcome] = try updates.map { update in
                try receipts.once(update.receipt) {
                    if try table.update(update) {
                        let outcome = WriteOutcome.written(version: update.expectedVersion + 1)
                        try requests.apply(update.filing, after: outcome)
                        return outcome
                    }
                    guard let person = try table.state(update.token) else { return .notFound }
                    return .versionConflict(current: person.version)
                }
            }
            try AuditRecordTable(db).append(WriteLines.kept(updates.map(\.lines), outcomes))
            return outcomes
        }
    }

    public func delete(
        _ deletions: [PersonDeletion], audit: [AuditLine]
    ) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            try AuditRecordTable(db).append(audit)
            let table = try PersonTable(db)
            let receipts = try ReceiptTable(db)
            let outcomes: [WriteOutcome] = try deletions.map { deletion in
                try receipts.once(deletion.receipt) {
                    guard let person = try table.state(deletion.token) else { return .notFound }
                    guard person.version.meets(deletion.expectedVersion) else {
                        return .versionConflict(current: person.version)
                    }
                    try table.delete(person, of: deletion.token)
                    return .written(version: person.version)
                }
            }
            try AuditRecordTable(db).append(WriteLines.kept(deletions.map(\.lines), outcomes))
            return outcomes
        }
    }

    public func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try PersonTable(db)
            let debts = try DebtTable(db)
            let receipts = try ReceiptTable(db)
            let requests = try RequestTable(db)
            let outcomes: [WriteOutcome] = try changes.map { change in
                try receipts.once(change.receipt) {
                    guard let person = try table.state(change.token) else { return .notFound }
                    guard person.dataKey.isSameKey(as: change.dataKey) else { return .overtaken }
                    let outcome = try debts.apply(change, to: person)
                    if case .written = outcome {
                        try table.touch(person.row, at: change.times.updated, state: change.state)
                    }
                    try requests.apply(change.filing, after: outcome)
                    return outcome
                }
            }
            try AuditRecordTable(db).append(WriteLines.kept(changes.map(\.lines), outcomes))
            return outcomes
        }
    }

    public func find(_ payments: [PaymentKey]) async throws(StoreError) -> [PaymentState] {
        try await file.read { db in
            let search = try PaymentSearch(db)
            return try payments.map { try search.state($0) }
        }
    }

    public func payments(_ queries: [PaymentQuery]) async throws(StoreError) -> [[PaymentRecord]] {
        try await file.read { db in
            let search = try PaymentSearch(db)
            return try queries.map { try search.page($0) }
        }
    }

    public func payments(of queries: [PersonPaymentsQuery]) async throws(StoreError) -> [[PersonPayment]] {
        try await file.read { db in
            let search = try PersonPaymentSearch(db)
            return try queries.map { try search.page($0) }
        }
    }

    public func write(_ changes: [PaymentChange]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try PersonTable(db)
            let debts = try DebtTable(db)
            let payments = try PaymentTable(db)
            let receipts = try ReceiptTable(db)
            let outcomes: [WriteOutcome] = try changes.map { change in
                try receipts.once(change.receipt) {
                    guard let person = try table.state(change.payment.token),
                        try debts.has(change.payment.debtID, of: person.row)
                    else { return .notFound }
                    guard person.dataKey.isSameKey(as: change.dataKey) else { return .overtaken }
                    let outcome = try payments.apply(change, person: person.row)
                    if case .written = outcome, change.encryptions > 0 {
                        try table.count(change.encryptions, of: person.row)
                    }
                    return outcome
                }
            }
            try AuditRecordTable(db).append(WriteLines.kept(changes.map(\.lines), outcomes))
            return outcomes
        }
    }

    public func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try await file.read { db in
            let table = try ReceiptTable(db)
            return try keys.map { try table.receipt($0) }
        }
    }
}

extension Int64 {
    /// Whether this version is the one that a write expects; a write that expects none takes any.
    func meets(_ expected: Int64?) -> Bool {
        expected == nil || expected == self
    }
}
