import Bureau
import Repositories

extension PostgresPersonStore {
    /// The purpose of a transaction, which decides the meaning of its failures.
    enum Intent: Hashable {
        /// Its first statement writes the audit log.
        case auditedRead
        case read
        case write
        /// Keeps subjects under other tokens: whether it has taken place does not matter, because it is asked for again.
        case rename
    }

    /// Carries the statements out in one transaction, again when the server undid it for the sake of another, and turns
    /// the rows of each into the result of a call.
    func perform<Value>(
        _ intent: Intent, _ statements: [BoundStatement],
        decode: ([ResultTable]) throws(UnexpectedValue) -> Value
    ) async throws(StoreError) -> Value {
        var retriesLeft = pool.limits.retries
        while true {
            let tables: [ResultTable]
            do {
                tables = try await pool.perform(statements)
            } catch .refused(let state, _) where retriesLeft > 0 && state.isWorthRepeating(intent) {
                retriesLeft -= 1
                retries.add()
                continue
            } catch {
                throw StoreError(error, intent)
            }
            do { return try decode(tables) } catch { throw .corrupt(.a) }
        }
    }
}

extension StoreError {
    private static let retryAfterMilliseconds = 250

    init(_ failure: PostgresTransaction.Failure, _ intent: PostgresPersonStore.Intent) {
        switch (failure, intent) {
        case (.noConnection(let reason, let milliseconds), _):
            self = .unavailable(.a, reason, retryAfterMilliseconds: milliseconds)
        case (.lost(let reason), .write):
            self = .outcomeUnknown(.a, reason)
        case (.refused(let state, 0), .auditedRead) where state.isRefusedByAuditLog:
            self = .auditUnavailable(state.reason)
        case (.refused(let state, _), _):
            self =
                state.isOneItemsFault
                ? .corrupt(.a) : .unavailable(.a, state.reason, retryAfterMilliseconds: Self.retryAfterMilliseconds)
        case (.lost(let reason), .auditedRead), (.lost(let reason), .read), (.lost(let reason), .rename):
            // A read gives nothing out before its commit: whether the audit rows are there does not matter.
            self = .unavailable(.a, reason, retryAfterMilliseconds: Self.retryAfterMilliseconds)
        case (.cancelled, _):
            let reason = StoreReason(.notReady, "the call was cancelled before PostgreSQL was asked")
            self = .unavailable(.a, reason, retryAfterMilliseconds: Self.retryAfterMilliseconds)
        }
    }
}

extension SQLState {
    /// A rename that met what another kept under the new token meanwhile sees it the next time.
    fileprivate func isWorthRepeating(_ intent: PostgresPersonStore.Intent) -> Bool {
        isWorthRepeating || intent == .rename && self == Self("23505")
    }

    /// The audit log, or its table, takes no row of this program's. A value that it does not take is its item's fault.
    fileprivate var isRefusedByAuditLog: Bool { isMissingRight || errorClass == "23" || errorClass == "42" }
}
