import Bureau
import Repositories

/// Why a call cannot go on.
enum StoreFailure: Error, Hashable {
    /// A server cannot be reached or cannot take the work now.
    case unavailable(retryAfterMilliseconds: Int)
    /// Commands were under way when their connection was lost.
    case lost(retryAfterMilliseconds: Int)
    case corrupt

    /// - Parameter mayHaveWritten: a command of this call may have changed the store.
    func error(mayHaveWritten: Bool) -> StoreError {
        switch self {
        case .corrupt: .corrupt(.c)
        case .unavailable where mayHaveWritten: .outcomeUnknown(.c)
        case .lost where mayHaveWritten: .outcomeUnknown(.c)
        case .unavailable(let milliseconds), .lost(let milliseconds):
            .unavailable(.c, retryAfterMilliseconds: milliseconds)
        }
    }
}
