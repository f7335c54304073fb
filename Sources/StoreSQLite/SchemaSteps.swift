import GRDB
import Repositories

/// The migrations of one base, in order, and what a file knows of them.
struct SchemaSteps: Sendable {
    private let migrator: DatabaseMigrator

    init(_ migrations: [Migration]) {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name) { try $0.execute(sql: migration.sql) }
        }
        self.migrator = migrator
    }

    var count: Int { migrator.migrations.count }

    /// The number of known migrations that the file has seen.
    func applied(in db: Database) throws -> Int {
        try migrator.appliedMigrations(db).count
    }

    /// Applies what is missing. Several processes may do this to one file at once.
    func apply(to pool: DatabasePool, _ base: Base) throws(StoreOpenError) {
        while true {
            let before = try applied(in: pool, base)
            do {
                return try migrator.migrate(pool)
            } catch {
                // The migrator looks at what is missing before it locks the file. When another process has applied a
                // step in between, ours failed on what was there by then: look again.
                guard try applied(in: pool, base) > before else {
                    throw .init(error, base, migration: migrator.migrations.dropFirst(before).first)
                }
            }
        }
    }

    private func applied(in pool: DatabasePool, _ base: Base) throws(StoreOpenError) -> Int {
        let isUnknown: Bool
        let count: Int
        do {
            (isUnknown, count) = try pool.read { db in
                (try migrator.hasBeenSuperseded(db), try migrator.completedMigrations(db).count)
            }
        } catch {
            throw .init(error, base)
        }
        guard !isUnknown else { throw .unknownMigration(base) }
        return count
    }
}

extension StoreOpenError {
    /// Maps what SQLite or GRDB threw; `migration` is the one that was to be applied.
    init(_ error: any Error, _ base: Base, migration: String? = nil) {
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_BUSY?, .SQLITE_LOCKED?, .SQLITE_PROTOCOL?: self = .busy(base)
        case .SQLITE_NOTADB?, .SQLITE_CORRUPT?: self = .notADatabase(base)
        case .SQLITE_CANTOPEN?, .SQLITE_READONLY?, .SQLITE_IOERR?, .SQLITE_FULL?, .SQLITE_PERM?:
            self = .inaccessible(base)
        default: self = migration.map { .migrationFailed(base, migration: $0) } ?? .inaccessible(base)
        }
    }
}
