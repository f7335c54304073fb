import Repositories

/// Why a base's file cannot be served. None of these passes by itself: an operator has to look.
package enum StoreOpenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file cannot be created, opened or written.
    case inaccessible(Base)
    /// There is something else in the file than a database, or it is damaged.
    case notADatabase(Base)
    /// Somebody held the file for longer than the busy timeout.
    case busy(Base)
    /// The file has seen a migration that this program does not know: it belongs to a newer program or another base.
    case unknownMigration(Base)
    /// A migration could not be applied; the file is as it was before that migration.
    case migrationFailed(Base, migration: String)

    package var description: String {
        switch self {
        case .inaccessible(let base):
            "base \(base.rawValue): the file cannot be created, opened or written"
        case .notADatabase(let base):
            "base \(base.rawValue): the file is not an SQLite database or is damaged"
        case .busy(let base):
            "base \(base.rawValue): another process holds the file"
        case .unknownMigration(let base):
            "base \(base.rawValue): the file has a schema of a newer program or of another base"
        case .migrationFailed(let base, let migration):
            "base \(base.rawValue): migration \(migration) cannot be applied"
        }
    }
}
