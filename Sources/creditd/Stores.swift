import Bureau
import Repositories
import StoreDynamoDB
import StorePostgres
import StoreRedis
import StoreSQLite

/// Opens the store of each base by its URL: the only place that knows which drivers there are.
struct Stores {
    let urls: StoreURLs
    let files: SchemaFiles
    let environment: [String: String]

    func openPersons() throws -> any PersonRepository {
        switch urls.baseA {
        case .sqlite(let path): try SQLitePersonStore(path: path, migrations: steps(.a))
        case .postgresql(let url): try PostgresPersonStore(url: url, migrations: steps(.a))
        default: throw StoreURLs.mismatch(.a)
        }
    }

    func openProfiles() async throws -> any ProfileRepository {
        switch urls.baseB {
        case .sqlite(let path): try SQLiteProfileStore(path: path, migrations: steps(.b))
        case .dynamodb(let url): try await DynamoDBProfileStore(url: url, steps: steps(.b), environment: environment)
        default: throw StoreURLs.mismatch(.b)
        }
    }

    func openEvents() async throws -> any EventRepository {
        switch urls.baseC {
        case .sqlite(let path): try SQLiteEventStore(path: path, migrations: steps(.c))
        case .redis(let url):
            try RedisEventStore(url: url, script: files.text("redis/record_event.lua"), environment: environment)
        default: throw StoreURLs.mismatch(.c)
        }
    }

    /// What brings a base's schema up and down; nil for a store that has no schema.
    func migrator(of base: Base) throws -> (any Migrator)? {
        switch (base, urls[base]) {
        case (_, .sqlite(let path)): SQLiteMigrator(base, path: path, steps: try steps(base))
        case (.a, .postgresql(let url)): try PostgresMigrator(url: url, steps: steps(base))
        case (.b, .dynamodb(let url)): try DynamoDBMigrator(url: url, steps: steps(base), environment: environment)
        case (.c, .redis): nil
        default: throw StoreURLs.mismatch(base)
        }
    }

    private func steps(_ base: Base) throws -> [MigrationStep] {
        try urls[base].migrationFolder(of: base).map { try files.migrations(of: $0) } ?? []
    }
}
