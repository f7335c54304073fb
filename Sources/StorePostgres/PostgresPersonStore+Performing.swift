import Bureau
import Repositories

extension PostgresPersonStore {
    /// What an exchange does, which decides what its failures mean.
    enum Intent: Hashable {
        /// Its first statement is the audit log's.
        case auditedRead
        case write
    }

    /// Carries the statements out in one transaction, again when the server undid it for another's sake.
    func perform(_ intent: Intent, _ statements: [BoundStatement]) async throws(StoreError) -> [ResultTable] {
        var triesLeft = pool.limits.retries
        while true {
            do {
                return try await pool.perform(statements)
            } catch .refused(let state, _) where state.isWorthRepeating && triesLeft > 0 {
                triesLeft -= 1
            } catch {
                throw StoreError(error, intent)
            }
        }
    }

    /// Turns what was read into what the caller asked for.
    func decode<Value>(_ body: () throws(UnexpectedValue) -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch {
            throw .corrupt(.a)
        }
    }
}

extension StoreError {
    private static let retryAfterMilliseconds = 250

    init(_ failure: ExchangeFailure, _ intent: PostgresPersonStore.Intent) {
        switch (failure, intent) {
        case (.noConnection(let milliseconds), _):
            self = .unavailable(.a, retryAfterMilliseconds: milliseconds)
        case (.lost, .write):
            self = .outcomeUnknown(.a)
        case (.notRun, _), (.interrupted, _), (.lost, .auditedRead):
            // A read gives nothing out before its commit, so it does not matter whether the audit rows are there.
            self = .unavailable(.a, retryAfterMilliseconds: Self.retryAfterMilliseconds)
        case (.refused(let state, let statement), _):
            switch state.meaning {
            case .unavailable:
                self = .unavailable(.a, retryAfterMilliseconds: Self.retryAfterMilliseconds)
            case .mismatch:
                self = intent == .auditedRead && statement == 0 ? .auditUnavailable : .corrupt(.a)
            }
        }
    }
}
