import Bureau
import GRDB
import Repositories

extension StoreOpenError {
    /// Maps what SQLite, GRDB or the reading of a row threw; `step` is the one that was under way.
    init(_ error: any Error, _ base: Base, step: String? = nil) {
        guard let error = error as? DatabaseError else {
            self = .notADatabase(base)
            return
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self = .busy(base)
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: self = .notADatabase(base)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_PERM: self = .inaccessible(base)
        default:
            // Without a step, it is a table `creditd_migration` of another shape.
            guard let step else {
                self = .notADatabase(base)
                return
            }
            self = .stepFailed(base, step: step, reason: error.message ?? "\(error.resultCode)")
        }
    }
}
