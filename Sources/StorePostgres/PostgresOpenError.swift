/// Why base A on PostgreSQL cannot be served from the start on. No case holds a secret or a value of the store.
package enum PostgresOpenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not a `postgresql://` URL that libpq understands.
    case badURL
    /// `creditd_connections` is not a number from 1 to `limit`.
    case badConnectionCount(limit: Int)
    /// No server could be logged in to; `reason` is libpq's first line, which names host and role at most.
    case unreachable(reason: String)
    /// The server was reached, but would not tell its schema; `state` is the SQLSTATE.
    case refused(state: String)
    /// Migrations are missing, `step` first: `creditd migrate up` applies them.
    case schemaBehind(step: String)
    /// A migration that was applied is not the one that this program has.
    case schemaDrifted(step: String)
    /// The schema has a migration that this program does not have: it belongs to a newer one.
    case schemaNewer(step: String)
    /// The system gives no threads or descriptors.
    case outOfResources

    package var description: String {
        switch self {
        case .badURL:
            "base A: not a postgresql:// URL that libpq understands"
        case .badConnectionCount(let limit):
            "base A: creditd_connections takes a number from 1 to \(limit)"
        case .unreachable(let reason):
            "base A: no connection to PostgreSQL: \(reason)"
        case .refused(state: "42501"):
            "base A: the role that logs in has no rights there; an administrator makes it a member of `creditd`"
        case .refused(let state):
            "base A: PostgreSQL refused to tell its schema (SQLSTATE \(state))"
        case .schemaBehind(let step):
            "base A: migration \(step) is not applied; run `creditd migrate up`"
        case .schemaDrifted(let step):
            "base A: migration \(step) was applied from a file that has changed since; see `creditd migrate status`"
        case .schemaNewer(let step):
            "base A: the schema has migration \(step), which this program does not know; it belongs to a newer one"
        case .outOfResources:
            "base A: the system gives no more threads or descriptors"
        }
    }
}
