import Bureau
import GRDB
import Repositories

/// Base C in an SQLite file.
///
/// A write is in the system's hands when its call returns: the death of this process loses nothing, a power cut may
/// lose the last writes. Base C is not critical, and a wait for the disk would be most of the cost of an event.
public final class SQLiteEventStore: SQLiteStore, EventRepository {
    let file: SQLiteFile

    /// Opens the file at `path`, made with mode 0600 if it is not there, and applies the migrations that it lacks.
    ///
    /// `migrations` are all steps of base C's schema, in order. A call waits at most `busyTimeoutMilliseconds` while
    /// another process writes to the file.
    public init(
        path: String, migrations: [MigrationStep], busyTimeoutMilliseconds: Int = 5000
    ) throws(StoreOpenError) {
        file = try SQLiteFile(
            .c, path: path, migrations: migrations, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
    }

    public func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        try await file.write { db in
            let history = try EventHistoryTable(db)
            let latest = try LatestEventTable(db)
            let receipts = try EventReceiptTable(db)
            let erased = try TombstoneTable(db).erased(among: events.lazy.map(\.token))
            return try events.map { event in
                if erased.contains(event.token) { return .erased }
                if let new = event.receipt, try receipts.receipt(new.key) != nil { return .repeated }
                let outcome = try history.insert(event)
                if outcome == .recorded { try latest.replaceIfNewer(event) }
                if var new = event.receipt, let byte = outcome.receiptByte {
                    new.receipt.body.append(byte)
                    try receipts.insert(new)
                }
                return outcome
            }
        }
    }

    public func remove(_ removals: [EventRemoval]) async throws(StoreError) -> [RemovalOutcome] {
        try await file.write { db in
            let history = try EventHistoryTable(db)
            let latest = try LatestEventTable(db)
            let receipts = try EventReceiptTable(db)
            return try removals.map { removal in
                if let new = removal.receipt, try receipts.receipt(new.key) != nil { return .repeated }
                guard let kind = try history.delete(removal) else { return .notFound }
                try latest.replace(removal, kind)
                if let new = removal.receipt { try receipts.insert(new) }
                return .removed
            }
        }
    }

    public func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try await file.read { db in
            let table = try EventReceiptTable(db)
            return try keys.map { try table.receipt($0) }
        }
    }

    public func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        try await file.read { db in
            let query = try LatestEventQuery(db)
            return try tokens.map { try query.events($0) }
        }
    }

    public func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        try await file.read { db in
            let query = try EventHistoryQuery(db)
            return try queries.map { try query.page($0) }
        }
    }
    public func recent(_ queries: [RecentEventsQuery]) async throws(StoreError) -> [RecentEvents] {
        try await file.read { db in
            let recent = try RecentEventsSearch(db)
            return try queries.map { try recent.events($0) }
        }
    }
}
