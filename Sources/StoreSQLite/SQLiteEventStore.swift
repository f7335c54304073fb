import Bureau
import GRDB
import Repositories

/// Base C in an SQLite file.
///
/// A write is in the system's hands when its call returns: the death of this process loses nothing, a power cut may
/// lose the last writes. Base C is not critical, and a wait for the disk would be most of the cost of an event.
package final class SQLiteEventStore: SQLiteStore, EventRepository {
    let file: SQLiteFile

    /// Opens the file at `path`, made with mode 0600 if it is not there, and applies the migrations that it lacks.
    ///
    /// `migrations` are all steps of base C's schema, in order. A call waits at most `busyTimeoutMilliseconds` while
    /// another process writes to the file.
    package init(
        path: String, migrations: [MigrationStep], busyTimeoutMilliseconds: Int = 5000
    ) throws(StoreOpenError) {
        file = try SQLiteFile(
            .c, path: path, migrations: migrations, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
    }

    package func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        try await file.write { db in
            let history = try EventHistoryTable(db)
            let latest = try LatestEventTable(db)
            var held: [SubjectToken: Int] = [:]
            let outcomes: [RecordOutcome] = try events.map { event in
                guard let count = try history.insert(event) else { return .duplicate }
                held[event.token] = count
                try latest.replaceIfNewer(event)
                return .recorded
            }
            for (token, count) in held { try history.trim(token, held: count) }
            return outcomes
        }
    }

    package func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        try await file.read { db in
            let query = try LatestEventQuery(db)
            return try tokens.map { try query.events($0) }
        }
    }

    package func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        try await file.read { db in
            let query = try EventHistoryQuery(db)
            return try queries.map { try query.page($0) }
        }
    }
}
