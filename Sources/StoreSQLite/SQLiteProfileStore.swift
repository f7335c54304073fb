import Bureau
import GRDB
import Repositories

/// Base B in an SQLite file.
///
/// Reads run on connections of their own and wait for no write; each sees every write that has returned.
package final class SQLiteProfileStore: SQLiteStore, ProfileRepository {
    let file: SQLiteFile

    /// Opens the file at `path`, made with mode 0600 if it is not there, and applies the migrations that it lacks.
    ///
    /// `migrations` are all steps of base B's schema, in order. A call waits at most `busyTimeoutMilliseconds` while
    /// another process writes to the file.
    package init(
        path: String, migrations: [MigrationStep], busyTimeoutMilliseconds: Int = 5000
    ) throws(StoreOpenError) {
        file = try SQLiteFile(
            .b, path: path, migrations: migrations, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
    }

    package func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try ProfileTable(db)
            return try profiles.map { put in
                let present = try table.state(put.content.token)
                let version = present?.version ?? 0
                guard version.meets(put.expectedVersion) else { return .versionConflict(current: version) }
                if let present {
                    try table.replace(present.row, with: put)
                } else {
                    try table.insert(put)
                }
                return .written(version: version + 1)
            }
        }
    }

    package func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [Result<ProfileRecord?, StoreError>] {
        try await file.read { db in
            let query = try ProfileQuery(db)
            return try tokens.map { .success(try query.record($0)) }
        }
    }

    package func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome] {
        try await file.write { db in
            let table = try ProfileTable(db)
            return try deletions.map { deletion in
                guard let profile = try table.state(deletion.token) else { return .notFound }
                guard profile.version.meets(deletion.expectedVersion) else {
                    return .versionConflict(current: profile.version)
                }
                try table.delete(profile.row)
                return .written(version: profile.version)
            }
        }
    }

    package func append(_ scores: [ScoreRecord]) async throws(StoreError) -> [StoreError?] {
        try await file.write { db in
            let table = try ScoreTable(db)
            for score in scores { try table.insert(score) }
        }
        return Array(repeating: nil, count: scores.count)
    }

    package func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [Result<[ScoreRecord], StoreError>] {
        try await file.read { db in
            let query = try ScoreHistoryQuery(db)
            return try queries.map { .success(try query.page($0)) }
        }
    }
}
