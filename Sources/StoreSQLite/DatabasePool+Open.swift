import Bureau
import GRDB
import Glibc
import Repositories

extension DatabasePool {
    /// Opens a base's file in WAL mode with the connections set up for it; makes the file if there is none.
    static func open(_ base: Base, path: String, settings: SQLiteSettings) throws(StoreOpenError) -> DatabasePool {
        try makePrivateFile(base, path: path)
        let deadline = ContinuousClock.now + .milliseconds(settings.busyTimeoutMilliseconds)
        while true {
            do {
                return try attempt(path, configuration(base, settings), settings.durability)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && .now < deadline {
                // Where connections that turn a new file to WAL could wait for each other for ever, SQLite makes none
                // of them wait for its busy timeout.
                usleep(1000)
            } catch {
                throw .init(error, base)
            }
        }
    }

    private static func attempt(
        _ path: String, _ configuration: Configuration, _ durability: SQLiteSettings.Durability
    ) throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: configuration)
        // Only now: GRDB sets NORMAL itself while it opens the pool.
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
        }
        return pool
    }

    /// SQLite gives the `-wal` and `-shm` files the mode of the file that they belong to.
    private static func makePrivateFile(_ base: Base, path: String) throws(StoreOpenError) {
        // To close any descriptor of a file is to drop the locks that the process's other connections have on it.
        guard access(path, F_OK) != 0 else { return }
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)
        guard descriptor >= 0 else { throw .inaccessible(base) }
        Glibc.close(descriptor)
    }

    private static func configuration(_ base: Base, _ settings: SQLiteSettings) -> Configuration {
        var configuration = Configuration()
        configuration.label = "base \(base.rawValue)"
        configuration.busyMode = .timeout(Double(settings.busyTimeoutMilliseconds) / 1000)
        configuration.maximumReaderCount = 4
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA secure_delete = \(settings.erasesDeleted ? "ON" : "OFF");
                    PRAGMA recursive_triggers = ON;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA wal_autocheckpoint = \(pagesBetweenCheckpoints);
                    """)
        }
        return configuration
    }

    /// 16 MiB of log. SQLite's own 1000 pages cost a fifth of the throughput of base A's inserts.
    private static let pagesBetweenCheckpoints = 4096
}
