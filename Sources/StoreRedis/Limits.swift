/// The bounds of what a connection takes on and how long it waits.
enum Limits {
    static let connectMilliseconds = 1000
    static let requestMilliseconds = 2000
    static let healthMilliseconds = 900

    /// Exchanges sent on one connection and not yet answered.
    static let exchangesInFlight = 32
    /// Bytes that wait for the socket before a connection takes no more exchanges.
    static let unsentBytes = 1 << 20
    /// Exchanges that wait for one connection, and their bytes; beyond them callers are turned away.
    static let waitingExchanges = 1024
    static let waitingBytes = 64 << 20

    static let readBytes = 256 << 10
    /// The longest string in a reply, and the most elements of one.
    static let replyBytes = 64 << 20
    static let replyElements = 1 << 20

    /// How often one call follows redirections or waits for a cluster that has no answer yet.
    static let attempts = 6
    /// Events of one subject in one run of the script, which keeps everybody else waiting.
    static let eventsInScript = 64
}
