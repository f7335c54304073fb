import Repositories

/// What an operator does about PostgreSQL, a sentence for each.
enum PostgresRemedy {
    static let grant =
        "let the owner of the tables run `creditd migrate grant`, and make the role a member of `creditd`: "
        + "GRANT creditd TO the role"
    static let pooler =
        "add pooler=transaction to the URL, connect past the pooler, or give out whole sessions (pool_mode = session)"

    /// What helps against a login that fails; nil where the reason says it.
    static func login(_ reason: StoreReason) -> String? {
        switch reason.code {
        case "ECONNREFUSED", "ENOENT": "start the server, or correct host and port in the URL"
        case "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH": "look at the network and firewalls between here and the server"
        case "EAI_NONAME": "correct the host name in the URL"
        case "28P01": "correct the password: PGPASSWORD, or the password file that PGPASSFILE names"
        case "28000": "allow the role in the server's pg_hba.conf, and make it one that may log in"
        case "3D000": "create the database, or correct its name in the URL"
        case "53300": "raise max_connections or the role's limit, or lower connections in the URL"
        default: nil
        }
    }

    static let standby =
        "name the primary in the URL, or all hosts with target_session_attrs=read-write"
    static let readOnly =
        "turn it off: ALTER DATABASE or ALTER ROLE … SET default_transaction_read_only = off"

    /// What helps against a refused statement.
    static func remedy(_ reason: StoreReason) -> String {
        switch (reason.cause, reason.code) {
        case (.refused, _): grant
        case (.full, _): "give the server room: disk, memory or a quota"
        case (.readOnly, _): standby
        case (.locked, _): "see in pg_stat_activity and pg_locks who holds the lock"
        case (_, "42P01"), (_, "42703"): "look at `creditd migrate status`, and at the role's search_path"
        default: "look at the server's log"
        }
    }
}
