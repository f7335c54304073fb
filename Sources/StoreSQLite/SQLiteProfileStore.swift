import Bureau
import GRDB
import Repositories

/// Base B in an SQLite file.
///
/// Reads run on connections of their own and wait for no write; each sees every write that has returned.
public final class SQLiteProfileStore: SQLiteStore, ProfileRepository {
    let file: SQLiteFile

    /// Opens the file at `path`, made with mode 0600 if it is not there, and applies the migrations that it lacks.
    ///
    /// `migrations` are all steps of base B's schema, in order. A call waits at most `busyTimeoutMilliseconds` while
    /// another process writes to the file.
    public init(
        path: String, migrations: [MigrationStep], busyTimeoutMilliseconds: Int = 5000
    ) throws(StoreOpenError) {
        file = try SQLiteFile(
            .b, path: path, migrations: migrations, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
    }

    public func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try ProfileTable(db)
            let receipts = try Self.receipts(for: profiles.lazy.map(\.receipt), in: db)
            let erased = try TombstoneTable(db).erased(among: profiles.lazy.map(\.content.token))
            return try profiles.map { put in
                if erased.contains(put.content.token) { return .erased }
                if try receipts?.hasReceipt(put.receipt) == true { return .repeated }
                let present = try table.state(put.content.token)
                guard (present?.version ?? 0).meets(put.expectedVersion) else {
                    return .versionConflict(current: present?.version ?? 0)
                }
                let version: Int64
                if let present {
                    try table.replace(present.row, with: put)
                    version = present.version + 1
                } else {
                    version = try table.insert(put)
                }
                try receipts?.insert(put.receipt, version: version)
                return .written(version: version)
            }
        }
    }

    public func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [Result<ProfileRecord?, StoreError>] {
        try await file.read { db in
            try ProfileQuery(db).records(tokens).map { .success($0) }
        }
    }

    public func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try ProfileTable(db)
            let receipts = try Self.receipts(for: deletions.lazy.map(\.receipt), in: db)
            return try deletions.map { deletion in
                if try receipts?.hasReceipt(deletion.receipt) == true { return .repeated }
                guard let profile = try table.state(deletion.token) else { return .notFound }
                guard profile.version.meets(deletion.expectedVersion) else {
                    return .versionConflict(current: profile.version)
                }
                try table.delete(profile, of: deletion.token)
                try receipts?.insert(deletion.receipt, version: profile.version)
                return .written(version: profile.version)
            }
        }
    }

    public func append(_ scores: [NewScore]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try ScoreTable(db)
            let receipts = try Self.receipts(for: scores.lazy.map(\.receipt), in: db)
            return try scores.map { score in
                if try receipts?.hasReceipt(score.receipt) == true { return .repeated }
                guard try table.insert(score) else { return .notFound }
                try receipts?.insert(score.receipt, version: 1)
                return .written(version: 1)
            }
        }
    }

    public func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [Result<[ScoreRecord], StoreError>] {
        try await file.read { db in
            let query = try ScoreHistoryQuery(db)
            return try queries.map { .success(try query.page($0)) }
        }
    }

    public func deleteScores(before instant: Instant, limit: Int) async throws(StoreError) -> Int {
        // A look without the file's lock, because there is rarely anything.
        guard try await file.read({ db in try ScoreTable.hasScores(before: instant, on: db) }) else { return 0 }
        return try await file.write { db in try ScoreTable.delete(before: instant, limit: limit, on: db) }
    }

    public func register(_ models: [RegisteredModel]) async throws(StoreError) -> [RegisteredModel] {
        // Without the file's lock, because nearly every start finds its cards in the register.
        let known = try await file.read { db in
            let table = try ModelTable(db)
            return try models.map { try table.entry($0.name, $0.version) }
        }
        if known.allSatisfy({ $0 != nil }) { return known.compactMap(\.self) }
        return try await file.write { db in
            let table = try ModelTable(db)
            return try models.map { try table.register($0) }
        }
    }

    public func models() async throws(StoreError) -> [RegisteredModel] {
        try await file.read { db in try ModelTable(db).all() }
    }

    public func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try await file.read { db in
            let table = try ReceiptTable(db)
            return try keys.map { try table.receipt($0) }
        }
    }

    /// The table of receipts, when a write of the batch has one.
    private static func receipts(
        for new: some Sequence<NewReceipt?>, in db: Database
    ) throws -> ReceiptTable? {
        new.contains { $0 != nil } ? try ReceiptTable(db) : nil
    }
}
