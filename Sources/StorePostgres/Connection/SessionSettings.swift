/// The settings under which the server carries the statements out.
enum SessionSettings {
    /// How long the settings hold.
    enum Scope: Hashable {
        case session
        /// For the transaction that the settings begin, so that a pooler's other clients never meet them.
        case transaction
    }

    /// Returns the query that every session, or every transaction, needs.
    ///
    /// Plans are made once, perhaps on an empty table, and have to be right when the table has grown: every statement
    /// finds its rows by their key, so that a sequential scan is never right. Read committed is enough, because locks
    /// are taken in order. Where a database has turned durable commits off, this turns them on.
    static func required(_ limits: PostgresLimits, scope: Scope) -> String {
        let timeout = Int(limits.requestTimeout / .milliseconds(1))
        var settings = [
            ("statement_timeout", "'\(timeout)'"), ("idle_in_transaction_session_timeout", "'\(timeout)'"),
            ("enable_seqscan", "'off'"), ("jit", "'off'"),
            (
                "synchronous_commit",
                """
                CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' \
                ELSE current_setting('synchronous_commit') END
                """
            ),
        ]
        if scope == .session {
            // A transaction has its isolation before its first query, and plans nothing that is used again.
            settings.append(("default_transaction_isolation", "'read committed'"))
            settings.append(("plan_cache_mode", "'force_generic_plan'"))
        }
        return query(settings, scope)
    }

    /// Returns the query that has the server notice within seconds that a client has gone, also amid a statement. Older
    /// servers refuse it.
    static func optional(_ limits: PostgresLimits) -> String {
        let timeout = Int(limits.silenceTimeout / .milliseconds(1))
        return query(
            [
                ("client_connection_check_interval", "'1000'"), ("tcp_keepalives_idle", "'10'"),
                ("tcp_keepalives_interval", "'3'"), ("tcp_keepalives_count", "'3'"),
                ("tcp_user_timeout", "'\(timeout)'"),
            ], .session)
    }

    private static func query(_ settings: [(String, String)], _ scope: Scope) -> String {
        let calls = settings.map { "set_config('\($0.0)', \($0.1), \(scope == .transaction))" }
        return "SELECT " + calls.joined(separator: ", ")
    }
}
