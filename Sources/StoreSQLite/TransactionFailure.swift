import Bureau
import GRDB
import Repositories

/// Where a transaction failed, with GRDB's error or what a batch threw; in every case it was rolled back.
enum TransactionFailure: Error {
    /// Nobody waited for it any more when it was about to begin.
    case dropped
    case notBegun(any Error)
    case batchFailed(any Error)
    case notCommitted(any Error)

    /// What a store says of it.
    func storeError(_ base: Base) -> StoreError {
        switch self {
        case .dropped: .dropped(base)
        case .notBegun(let error), .batchFailed(let error):
            StoreError(error, base)
        case .notCommitted(let error):
            // The commit record may have reached the disk before the error: recovery after a crash could then find it.
            Self.isInputOutput(error) ? .outcomeUnknown(base) : StoreError(error, base)
        }
    }

    /// What base A says of a read that failed: the audit log refused it, unless the store could serve nothing at all.
    func auditedReadError(_ base: Base) -> StoreError {
        switch self {
        case .dropped: .dropped(base)
        case .notCommitted(let error) where Self.isInputOutput(error):
            // Nothing was given out, so it does not matter whether the audit rows are there.
            .auditUnavailable
        case .notBegun(let error), .batchFailed(let error), .notCommitted(let error):
            switch (error as? DatabaseError)?.resultCode {
            case .SQLITE_FULL?, .SQLITE_READONLY?, .SQLITE_CONSTRAINT?: .auditUnavailable
            default: StoreError(error, base)
            }
        }
    }

    private static func isInputOutput(_ error: any Error) -> Bool {
        (error as? DatabaseError)?.resultCode == .SQLITE_IOERR
    }
}

extension StoreError {
    /// What a call comes to whose task was cancelled before it began.
    static func dropped(_ base: Base) -> StoreError { .unavailable(base, retryAfterMilliseconds: 100) }

    /// Maps what SQLite, GRDB or the reading of a row threw. Nothing of the error's text is kept: it may quote values.
    init(_ error: any Error, _ base: Base) {
        guard let error = error as? DatabaseError else {
            self = .corrupt(base)
            return
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT:
            self = .unavailable(base, retryAfterMilliseconds: 100)
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_PERM, .SQLITE_AUTH,
            .SQLITE_NOLFS:
            self = .unavailable(base, retryAfterMilliseconds: 1000)
        default:
            // SQLITE_CORRUPT and SQLITE_NOTADB; a table that is gone or a constraint that should hold is no better.
            self = .corrupt(base)
        }
    }
}
