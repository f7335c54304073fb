import Bureau
import CSQLite
import GRDB
import Glibc
import Repositories

extension DatabasePool {
    /// Opens a base's file in WAL mode and sets its connections up; makes the file if there is none.
    static func open(
        _ base: Base, path: String, busyTimeoutMilliseconds: Int
    ) throws(StoreOpenError) -> DatabasePool {
        _ = memoryIsUncounted
        try makePrivateFile(base, path: path)
        let deadline = ContinuousClock.now + .milliseconds(busyTimeoutMilliseconds)
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration(base, busyTimeoutMilliseconds))
                // Set only now, because GRDB sets NORMAL itself while it opens the pool. With FULL, a commit is on the
                // disk when its call returns. With NORMAL, the death of the process loses nothing; a power cut may lose
                // the last commits, but never damages the file.
                let durability = base == .c ? "NORMAL" : "FULL"
                try pool.writeWithoutTransaction { db in
                    try db.execute(
                        sql: "PRAGMA synchronous = \(durability); PRAGMA cache_size = -\(writerCacheKibibytes)")
                }
                return pool
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && .now < deadline {
                // SQLite ignores the busy timeout when several connections switch a new file to WAL.
                usleep(1000)
            } catch {
                throw StoreOpenError(sqlite: error, base)
            }
        }
    }

    /// SQLite counts the memory of all its connections under one lock, for which their threads would wait. It takes this
    /// setting only before it is first used.
    private static let memoryIsUncounted = creditd_sqlite_count_memory(0) == SQLITE_OK

    /// SQLite gives the `-wal` and `-shm` files the mode of their database file.
    private static func makePrivateFile(_ base: Base, path: String) throws(StoreOpenError) {
        // A process that closes any descriptor of a file drops the locks of all its connections to the file.
        guard access(path, F_OK) != 0 else { return }
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)
        guard descriptor >= 0 else { throw StoreOpenError(sqlite: DatabaseError(resultCode: .SQLITE_CANTOPEN), base) }
        Glibc.close(descriptor)
    }

    private static func configuration(_ base: Base, _ busyTimeoutMilliseconds: Int) -> Configuration {
        var configuration = Configuration()
        configuration.label = "base \(base.rawValue)"
        configuration.busyMode = .timeout(Double(busyTimeoutMilliseconds) / 1000)
        configuration.maximumReaderCount = 4
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // Secure deletion overwrites with zeros, so that the file does not keep what a subject had erased.
            try db.execute(
                sql: """
                    PRAGMA secure_delete = \(base == .c ? "OFF" : "ON");
                    PRAGMA recursive_triggers = ON;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA wal_autocheckpoint = \(pagesBetweenCheckpoints);
                    """)
        }
        return configuration
    }

    /// What the writing connection keeps of the file. It also reads base A's persons, because the audit log is written
    /// with each read; with SQLite's own 2000 KiB a tenth of such a read went to reading the same pages again.
    private static let writerCacheKibibytes = 8192

    /// 16 MiB of log. SQLite's own 1000 pages cost a fifth of the throughput of base A's inserts.
    private static let pagesBetweenCheckpoints = 4096
}

extension DatabaseError {
    /// Why a file cannot be used; nil for an error of the SQL.
    var openCause: StoreOpenError.Cause? {
        switch resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: .busy
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: .refused
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_PERM: .unreachable
        default: nil
        }
    }
}

extension StoreOpenError {
    /// Maps an error of SQLite, of GRDB, of a migration or of the reading of a row.
    init(sqlite error: any Error, _ base: Base) {
        switch error {
        case let error as StoreOpenError:
            self = error
        case MigrationError.drifted(_, let step):
            self.init(base, .schemaDrifted, "the file has another version of migration \(step) than this program")
        case MigrationError.unknownStep(_, let step):
            let owner = "it belongs to a newer program or to another base"
            self.init(base, .schemaNewer, "the file has migration \(step), which this program does not have: \(owner)")
        case MigrationError.failed(_, let step, let reason):
            self.init(base, .stepFailed, "migration \(step) failed and was undone: \(reason)")
        default:
            // An error of the SQL comes from a table `creditd_migration` of another shape.
            switch (error as? DatabaseError)?.openCause {
            case .busy: self.init(base, .busy, "another process holds the file")
            case .unreachable: self.init(base, .unreachable, "the file cannot be created, opened or written")
            default:
                self.init(base, .refused, "the file is not an SQLite database of this program or is damaged")
            }
        }
    }
}
