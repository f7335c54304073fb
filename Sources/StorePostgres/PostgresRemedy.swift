import Repositories

/// What an operator does about PostgreSQL, a sentence for each.
enum PostgresRemedy {
    static let grant =
        "Let the owner of the tables run `creditd migrate grant`, and make the role a member of `creditd`: "
        + "GRANT creditd TO the role."
    static let pooler =
        "Add pooler=transaction to the URL, connect past the pooler, or give out whole sessions (pool_mode = session)."

    /// What helps against a login that fails; nil where the reason says it.
    static func login(_ reason: StoreReason) -> String? {
        switch reason.code {
        case "ECONNREFUSED", "ENOENT": "Start the server, or correct host and port in the URL."
        case "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH": "Look at the network and firewalls on the way to the server."
        case "EAI_NONAME": "Correct the host name in the URL."
        case "28P01": "Correct the password: PGPASSWORD, or the password file that PGPASSFILE names."
        case "28000": "Allow the role in the server's pg_hba.conf, and make it one that may log in."
        case "3D000": "Create the database, or correct its name in the URL."
        case "53300": "Raise max_connections or the role's limit, or lower connections in the URL."
        default: nil
        }
    }

    static let standby =
        "Name the primary in the URL, or all hosts with target_session_attrs=read-write."
    static let readOnly =
        "Turn it off: ALTER DATABASE or ALTER ROLE … SET default_transaction_read_only = off."

    static let rowSecurity =
        "Switch row security off (ALTER TABLE … DISABLE ROW LEVEL SECURITY), or give the role policies for every row."

    /// What helps against a refused statement.
    static func remedy(_ reason: StoreReason) -> String {
        switch (reason.cause, reason.code) {
        case (.refused, _): grant
        case (.full, _): "Give the server room: disk, memory or a quota."
        case (.readOnly, _): standby
        case (.locked, _): "See in pg_stat_activity and pg_locks who holds the lock."
        case (_, "42P01"), (_, "42703"): "Look at `creditd migrate status`, and at the role's search_path."
        default: "Look at the server's log."
        }
    }
}
