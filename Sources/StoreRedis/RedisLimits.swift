import Platform

/// Bounds of what a connection accepts, and of how long anybody waits.
enum RedisLimits {
    static let healthTime = Duration.milliseconds(900)

    /// How long after its answer a sentinel is asked again for the primary.
    static let sentinelInterval = Duration.milliseconds(250)

    static let shortestRetry = Duration.milliseconds(50)
    static let longestRetry = Duration.seconds(1)
    static var backoff: Backoff { Backoff(first: shortestRetry, limit: longestRetry) }

    /// Pipelines sent on one connection and not yet answered.
    static let pipelinesInFlight = 32
    /// Bytes that wait for the socket before a connection sends no further pipeline.
    static let unsentBytes = 1 << 20
    /// Pipelines that wait for one connection, and their bytes; beyond either, callers are rejected.
    static let waitingPipelines = 1024
    static let waitingBytes = 64 << 20

    static let readBytes = 256 << 10
    /// Longest string in a reply, and most elements of an array.
    static let replyBytes = 64 << 20
    static let replyElements = 1 << 20
    static let passwordBytes = 64 << 10

    /// How often one call is sent at most: redirections and pauses for an unavailable cluster count.
    static let attempts = 6
    /// Most events of one subject in one run of the script, because a run blocks the server for all clients.
    static let eventsInScript = 64
    /// Most histories that are asked for at once: one of 4 096 bureau queries has half a megabyte.
    static let historiesInCall = 64
    /// Hashes of tombstones that are asked for at once.
    static let tombstoneHashesInCall = 64
}

/// How long a store waits, as its URL says.
struct RedisTimes: Hashable, Sendable {
    /// For one attempt to connect, the name's resolution and the login included.
    var connect = Duration.seconds(1)
    /// For one call, all attempts together.
    var call = Duration.seconds(2)
}
