import Bureau
import GRDB
import Repositories

/// Base A in an SQLite file.
///
/// Reads run on the writing connection, because each writes its audit row in the same transaction.
package final class SQLitePersonStore: SQLiteStore, PersonRepository {
    let file: SQLiteFile

    /// Opens the file at `path`, made with mode 0600 if it is not there, and applies the migrations that it lacks.
    ///
    /// `migrations` are all steps of base A's schema, in order. A call waits at most `busyTimeoutMilliseconds` while
    /// another process writes to the file.
    package init(
        path: String, migrations: [MigrationStep], busyTimeoutMilliseconds: Int = 5000
    ) throws(StoreOpenError) {
        file = try SQLiteFile(
            .a, path: path, migrations: migrations, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
    }

    package func create(_ persons: [PersonCreation]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try PersonTable(db)
            let debts = try DebtTable(db)
            let audit = try AuditLog(db)
            return try persons.map { person in
                guard let row = try table.insert(person) else { return .alreadyExists }
                for (position, debt) in person.debts.enumerated() {
                    try debts.insert(debt, person: row, position: position, at: person.at)
                }
                try audit.append(person.audit)
                return .written(version: 1)
            }
        }
    }

    package func read(_ reads: [PersonRead]) async throws(StoreError) -> [PersonRecord?] {
        try await file.write(failed: { $0.auditedReadError($1) }) { db in
            let audit = try AuditLog(db)
            for read in reads { try audit.append(read.audit) }
            let query = try PersonQuery(db)
            return try reads.map { try query.record($0.token) }
        }
    }

    package func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try PersonTable(db)
            return try updates.map { update in
                if try table.update(update) { return .written(version: update.expectedVersion + 1) }
                guard let person = try table.state(update.token) else { return .notFound }
                return .versionConflict(current: person.version)
            }
        }
    }

    package func delete(_ deletions: [PersonDeletion]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try PersonTable(db)
            let audit = try AuditLog(db)
            return try deletions.map { deletion in
                guard let person = try table.state(deletion.token) else { return .notFound }
                guard person.version.meets(deletion.expectedVersion) else {
                    return .versionConflict(current: person.version)
                }
                try table.delete(person.row)
                try audit.append(deletion.audit)
                return .written(version: person.version)
            }
        }
    }

    package func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try PersonTable(db)
            let debts = try DebtTable(db)
            return try changes.map { change in
                guard let person = try table.state(change.token), person.dataKey == change.dataKey else {
                    return .notFound
                }
                let outcome = try debts.apply(change, to: person)
                if case .written = outcome { try table.touch(person.row, at: change.at) }
                return outcome
            }
        }
    }
}

extension Int64 {
    /// Whether this version is the one that a write expects; a write that expects none takes any.
    func meets(_ expected: Int64?) -> Bool {
        expected == nil || expected == self
    }
}
