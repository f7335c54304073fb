/// The time that base A's PostgreSQL may take, and the amount of work that may wait for it.
public struct PostgresLimits: Sendable {
    /// The longest that a call waits for a connection; after it the call is `unavailable`.
    public var acquireTimeout: Duration = .seconds(2)
    /// The longest that a call waits while the server is known to be down.
    public var downTimeout: Duration = .milliseconds(100)
    /// The longest that the server may work on one statement, unless the URL says otherwise.
    public var requestTimeout: Duration = .seconds(5)
    /// The time after `requestTimeout` at which a silent connection is given up. The server's own refusal comes before.
    public var silenceMargin: Duration = .milliseconds(500)
    /// The longest that a cancel request of a connection that is given up may take to reach the server.
    public var cancelTimeout: Duration = .seconds(5)
    /// The longest that a login to one host may take, in whole seconds, at least 2 (libpq's `connect_timeout`), unless
    /// the URL or `PGCONNECT_TIMEOUT` says otherwise.
    public var connectTimeoutSeconds = 3
    /// The longest that `health()` takes.
    public var healthTimeout: Duration = .seconds(1)
    /// The number of sessions on the server when the URL names none. One of several is for `health()` and `check()`.
    public var connections = 5
    /// Batches in flight on one connection: while the server works on one, the next is on its way.
    public var batchesInFlight = 3
    /// Batches that wait for a connection; a further one is `unavailable` at once.
    public var waitingBatches = 1024
    /// Attempts to send a batch again after a deadlock or a serialization failure, which undid it.
    public var retries = 4
    /// The longest that a step of a migration waits for a lock at a time, and how often it tries again.
    public var lockTimeout: Duration = .seconds(3)
    public var lockAttempts = 20

    public init() {}

    /// The longest that a connection may leave a batch without a reply.
    var silenceTimeout: Duration { requestTimeout + silenceMargin }

    /// The longest that the questions at the opening take after the login.
    var openTimeout: Duration { .seconds(connectTimeoutSeconds) }

    /// The connections that carry calls out.
    var workers: Int { max(1, connections - 1) }
}
