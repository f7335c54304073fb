import Bureau
import Glibc
import Methods
import Repositories
import StoreDynamoDB
import StorePostgres
import StoreRedis
import StoreSQLite

/// A kind of store: the URLs that name it, the bases that it keeps, and how it opens. No other file names a driver.
struct StoreDriver: Sendable {
    /// What a store is opened with.
    struct Request: Sendable {
        let base: Base
        /// The URL as it was given; the path of a file for `sqlite`.
        let url: String
        let steps: [MigrationStep]
        let files: SchemaFiles
        let environment: [String: String]
    }

    /// The schemes of the store's URLs.
    let schemes: [String]
    /// How the store's URLs are written, for `--help` and error texts.
    let forms: [String]
    /// The folder of `schema/` that holds the steps of a base's schema; nil for a store without a schema.
    let migrationFolder: @Sendable (Base) -> String?
    /// Opens the store for base A; nil when the store does not keep base A. The same holds for B and C.
    var persons: (@Sendable (Request) async throws -> any PersonRepository)?
    var profiles: (@Sendable (Request) async throws -> any ProfileRepository)?
    var events: (@Sendable (Request) async throws -> any EventRepository)?
    var migrator: (@Sendable (Request) throws -> any Migrator)?

    /// Every store that the daemon can use.
    static let all: [StoreDriver] = [sqlite, postgres, dynamodb, redis]

    static let sqlite = StoreDriver(
        schemes: ["sqlite"], forms: ["sqlite:PATH"],
        migrationFolder: { "sqlite/\($0.rawValue.lowercased())" },
        persons: { try SQLitePersonStore(path: $0.url, migrations: $0.steps) },
        profiles: { try SQLiteProfileStore(path: $0.url, migrations: $0.steps) },
        events: { try SQLiteEventStore(path: $0.url, migrations: $0.steps) },
        migrator: { SQLiteMigrator($0.base, path: $0.url, steps: $0.steps) })

    private static let postgres = StoreDriver(
        schemes: ["postgresql", "postgres"], forms: ["postgresql://…"],
        migrationFolder: { _ in "postgres" },
        persons: { try PostgresPersonStore(url: $0.url, migrations: $0.steps) },
        migrator: { try PostgresMigrator(url: $0.url, steps: $0.steps) })

    private static let dynamodb = StoreDriver(
        schemes: ["dynamodb"], forms: ["dynamodb://TABLE?endpoint=…&region=…"],
        migrationFolder: { _ in "dynamodb" },
        profiles: { try await DynamoDBProfileStore(url: $0.url, steps: $0.steps, environment: $0.environment) },
        migrator: { try DynamoDBMigrator(url: $0.url, steps: $0.steps, environment: $0.environment) })

    private static let redis = StoreDriver(
        schemes: [
            "redis", "rediss", "redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel", "unix",
            "redis+unix",
        ],
        forms: [
            "redis://…", "redis+cluster://…", "redis+sentinel://HOSTS/NAME", "unix:///PATH", "rediss…://… (TLS)",
        ],
        migrationFolder: { _ in nil },
        events: {
            let script = $0.files.text("redis/event.lua")
            let store = try await RedisEventStore.open(
                url: $0.url, script: script, environment: $0.environment, write: { $0.json(recordedAt: $1) })
            guard let store else { throw CancellationError() }
            return store
        })

    /// Whether the store can keep a base.
    func keeps(_ base: Base) -> Bool {
        switch base {
        case .a: persons != nil
        case .b: profiles != nil
        case .c: events != nil
        }
    }

    /// How the URLs of a base's stores are written: `sqlite:PATH or postgresql://…`.
    static func forms(of base: Base) -> String {
        let forms = all.filter { $0.keeps(base) }.flatMap(\.forms)
        return forms.dropLast().joined(separator: ", ") + " or " + (forms.last ?? "")
    }
}

/// Where a base is: a driver, and the URL that it understands.
struct StoreAddress: Sendable {
    let driver: StoreDriver
    let url: String

    /// The file of an embedded store; nil for a server.
    var embeddedPath: String? { driver.schemes == StoreDriver.sqlite.schemes ? url : nil }

    /// Why a text is no address of a store. It is a sentence without the text, which may hold a secret.
    struct Refusal: Error {
        let reason: String
    }

    /// Takes a URL apart.
    init(_ text: String) throws(Refusal) {
        guard let colon = text.firstIndex(of: ":"),
            let driver = StoreDriver.all.first(where: { $0.schemes.contains(String(text[..<colon])) })
        else { throw Refusal(reason: "is not the URL of a store") }
        let isFile = driver.schemes == StoreDriver.sqlite.schemes
        let path = String(text[text.index(after: colon)...])
        if isFile, let flaw = FilePath.flaw(of: path, isURL: true) { throw Refusal(reason: flaw) }
        self.init(driver: driver, url: isFile ? path : text)
    }

    /// An embedded file.
    init(file path: String) {
        self.init(driver: .sqlite, url: path)
    }

    private init(driver: StoreDriver, url: String) {
        self.driver = driver
        self.url = url
    }
}

/// A path as an option or a variable gives it.
enum FilePath {
    /// Why a text is not the path of a file or folder; nil when it is one. What would be taken for a path, and means
    /// something else, is refused: it would make a file of that name.
    static func flaw(of path: String, isURL: Bool = false) -> String? {
        if path.isEmpty { return "is empty where a path should be" }
        if !path.hasPrefix("/"), !isWorkingFolderUTF8 {
            return "is relative to a working folder whose name is no UTF-8; write the whole path"
        }
        if path.hasPrefix("~") { return "begins with ~, which only a shell resolves; write the whole path" }
        guard isURL else { return nil }
        if path.hasPrefix("//") {
            return "has // behind sqlite:, where a path follows, such as sqlite:/var/lib/a.sqlite"
        }
        if path.hasPrefix("file:") || path.contains("?") {
            return "is an SQLite URI; sqlite: takes a path without options"
        }
        return path == ":memory:" ? "names no file; :memory: keeps nothing" : nil
    }

    /// SQLite's file would be made in the folder, and looked for in another one of the repaired name.
    private static var isWorkingFolderUTF8: Bool {
        guard let folder = getcwd(nil, 0) else { return true }
        defer { free(folder) }
        return String(validatingCString: folder) != nil
    }
}
