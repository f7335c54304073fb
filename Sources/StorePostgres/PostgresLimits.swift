/// How long base A's PostgreSQL may take, and how much may wait for it.
package struct PostgresLimits: Sendable {
    /// How long a call waits for a connection that can take it, before it is `unavailable`.
    package var acquireTimeout: Duration = .seconds(2)
    /// How long a call waits when the server is known to be down.
    package var downTimeout: Duration = .milliseconds(100)
    /// How long the server may work on one statement.
    package var requestTimeout: Duration = .seconds(5)
    /// How long after its `requestTimeout` a silent connection is given up: the server's own refusal comes first then.
    package var silenceMargin: Duration = .milliseconds(500)
    /// How long logging in to one host may take, in whole seconds, at least 2 (libpq's `connect_timeout`), unless the
    /// URL or `PGCONNECT_TIMEOUT` says otherwise.
    package var connectTimeoutSeconds = 3
    /// How long `health()` takes at most.
    package var healthTimeout: Duration = .seconds(1)
    /// Connections when the URL names no number.
    package var connections = 4
    /// Batches under way at once on one connection: while the server works on one, the next is on its way.
    package var batchesInFlight = 3
    /// Batches that wait for a connection; one more is `unavailable` at once.
    package var waitingBatches = 1024
    /// How often a batch is sent again after a deadlock or a serialization failure, which undid it.
    package var retries = 4

    package init() {}
}

extension PostgresLimits {
    /// How long a connection may leave a batch without an answer.
    var silenceTimeout: Duration { requestTimeout + silenceMargin }

    var silenceMilliseconds: Int { Int(silenceTimeout / .milliseconds(1)) }
}
