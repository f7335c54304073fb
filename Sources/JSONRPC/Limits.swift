/// Every limit of a connection. Each is also told by `system.limits`.
package struct Limits: Sendable {
    /// The longest line that is served, without its line end.
    package var maximumLineBytes = 1 << 20
    /// How deep arrays and objects may nest.
    package var maximumDepth = 64
    /// The longest text of one number.
    package var maximumNumberBytes = 1024
    /// The longest id or token, as it is written on the wire.
    package var maximumIDBytes = 256
    /// The longest time that `meta.deadlineMs` may give: a day.
    package var maximumDeadlineMilliseconds = 86_400_000
    /// How long a request may take, whatever its `meta.deadlineMs`; nil for as long as it takes.
    package var requestTimeoutMilliseconds: Int?
    /// What becomes of a call when there is no room for it in flight: it waits to be read, or is refused as `busy`.
    package var refusesWhenBusy = false
    /// How long a client that was refused should wait.
    package var retryAfterMilliseconds = 100
    /// The most items of one JSON-RPC batch.
    package var maximumBatchItems = 1000
    /// The most violations that one answer lists.
    package var maximumViolations = 16
    /// The most that one `read(2)` takes.
    package var readBytes = 256 << 10
    /// The most calls that are handed to a service at once.
    package var callsInGroup = 512
    /// The most memory that the answers of a group are expected to take.
    package var answerBytesInGroup = 512 << 10
    /// The most groups of one method that run at a time; the others wait for one of them to end.
    package var groupsInLane = 8
    /// The most calls that are read and not answered yet; the reader waits above it.
    package var callsInFlight = 8 << 10
    /// The most bytes of the requests that are read and not answered yet, and of the answers that they are expected to
    /// get.
    package var bytesInFlight = 16 << 20
    /// The most answer bytes that wait for the reader of the output, or for other answers of their batch or the earlier
    /// ones of `--ordered`; above it nothing more is read.
    package var outputBytes = 4 << 20
    /// Whether each call runs alone, in the order of arrival. `system.limits` does not tell it.
    package var isSequential = false

    package init() {}
}
