import JSON
import Platform
import Synchronization

/// One client: requests from one descriptor, responses to another, until the requests end.
public final class Connection: Sendable {
    /// Why a connection ended.
    public enum Ending: Hashable, Sendable {
        /// The input ended, and everything was answered.
        case endOfInput
        /// The input ended in the middle of a line; everything before it was answered.
        case cutInput
        /// `stop` was called; everything that had been read was answered.
        case stopped
        /// Responses could not be delivered: their reader has gone, or the device is full.
        case outputClosed
        case inputFailed(errno: Int32)
    }

    /// Why a connection could not begin: the system gave no thread or no descriptor.
    public enum StartError: Error, Hashable, Sendable {
        case outOfResources
    }

    private let input: Int32
    private let outputDescriptor: Int32
    private let methods: MethodTable
    private let awaited: AwaitedMethods?
    private let foreign: (any ForeignProtocol)?
    private let limits: Limits
    private let isOrdered: Bool
    private let output: OutputQueue
    private let scheduler: GroupScheduler
    private let wake: WakePipe
    private let alarms: Alarms
    private let observer: (any CallObserver)?
    public let counters = ConnectionCounters()

    /// The caller closes the descriptors. With `isOrdered`, responses leave in the order of their requests. `foreign`
    /// serves what has no method in the table. `observer` is told of single calls.
    public convenience init(
        input: Int32, output: Int32, methods: MethodTable, foreign: (any ForeignProtocol)? = nil,
        limits: Limits = Limits(), isOrdered: Bool = false, observer: (any CallObserver)? = nil
    ) throws(StartError) {
        try self.init(
            input: input, output: output, methods: methods, awaited: nil, foreign: foreign, limits: limits,
            isOrdered: isOrdered, observer: observer)
    }

    /// A connection that is read before its methods are there.
    public convenience init(
        input: Int32, output: Int32, awaiting methods: AwaitedMethods, foreign: any ForeignProtocol,
        limits: Limits = Limits(), isOrdered: Bool = false, observer: (any CallObserver)? = nil
    ) throws(StartError) {
        try self.init(
            input: input, output: output, methods: MethodTable([]), awaited: methods, foreign: foreign, limits: limits,
            isOrdered: isOrdered, observer: observer)
    }

    private init(
        input: Int32, output outputDescriptor: Int32, methods: MethodTable, awaited: AwaitedMethods?,
        foreign: (any ForeignProtocol)?, limits: Limits, isOrdered: Bool,
        observer: (any CallObserver)?
    ) throws(StartError) {
        guard let wake = WakePipe(), let alarms = Alarms() else { throw .outOfResources }
        self.input = input
        self.outputDescriptor = outputDescriptor
        self.methods = methods
        self.awaited = awaited
        self.foreign = foreign
        self.limits = limits
        self.isOrdered = isOrdered
        self.observer = observer
        self.wake = wake
        self.alarms = alarms
        for end in [input, outputDescriptor] { FileDescriptor(end).widenPipe(to: Int32(limits.readBytes)) }
        output = OutputQueue(descriptor: outputDescriptor, limitBytes: limits.outputBytes) { wake.wake() }
        scheduler = GroupScheduler(limits: limits, deadlines: Deadlines(alarms: alarms), output: output)
    }

    deinit {
        alarms.stop()
    }

    /// Stops reading. What was read is still answered, and then `serve` returns.
    public func stop() {
        wake.wake()
        scheduler.stopReading()
        output.stopWaiting()
    }

    /// Serves the client to the end.
    public func serve() async throws(StartError) -> Ending {
        async let written = onThread { [output] in output.drain() }
        async let ending = onThread { [self] in read() }
        await scheduler.waitUntilOver()
        let reading = await ending
        output.close()
        let writing: Void? = await written
        guard let reading, writing != nil else { throw .outOfResources }
        return output.isBroken ? .outputClosed : reading
    }

    private func read() -> Ending {
        defer { scheduler.close() }
        let router = Router(
            methods: methods, awaited: awaited, foreign: foreign, limits: limits, output: output,
            scheduler: scheduler, counters: counters, isOrdered: isOrdered,
            observer: observer)
        let lines = LineBuffer(maximumLineBytes: limits.maximumLineBytes, readBytes: limits.readBytes)
        var reader = RequestReader(
            input: FileDescriptor(input), outputDescriptor: outputDescriptor, wake: wake, output: output,
            scheduler: scheduler, lines: lines, router: router)
        let ending = reader.run()
        // Nobody reads answers of the other protocol any more, whose clients end a daemon that does not.
        scheduler.endForeignReads(after: Self.farewell)
        return ending
    }

    /// How long calls of the other protocol that only read may take after the input has ended.
    private static let farewell = Duration.milliseconds(1_500)

    /// Awaits a blocking body on a thread of its own. Without a thread it returns nil and ends the connection.
    private func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R? {
        let result = await OSThread.run(body)
        if result == nil {
            scheduler.close()
            output.abandon()
        }
        return result
    }
}

/// Counts of a connection's messages which its responses do not show.
public final class ConnectionCounters: Sendable {
    private let errorCount = Atomic(0)
    private let notificationCount = Atomic(0)
    private let responseCount = Atomic(0)

    /// Error responses, those inside batches included.
    public var errors: Int { errorCount.load(ordering: .relaxed) }
    /// Requests without an id, valid or not; they are never answered.
    public var notifications: Int { notificationCount.load(ordering: .relaxed) }
    /// Responses from the client, which nobody had asked for.
    public var responses: Int { responseCount.load(ordering: .relaxed) }

    func countError() { errorCount.add(1, ordering: .relaxed) }
    func countNotification() { notificationCount.add(1, ordering: .relaxed) }
    func countResponse() { responseCount.add(1, ordering: .relaxed) }
}

/// Every limit of a connection. `system.limits` tells each but `isSequential`.
public struct Limits: Sendable {
    /// The longest line that is served, without its line end.
    public var maximumLineBytes = 1 << 20
    /// The deepest nesting of arrays and objects.
    public var maximumDepth = 64
    /// The longest text of one number.
    public var maximumNumberBytes = 1024
    /// The longest id or token, as written on the wire.
    public var maximumIDBytes = 256
    /// The longest time that `meta.deadlineMs` may give: a day.
    public var maximumDeadlineMilliseconds = 86_400_000
    /// The longest time that a request may take, whatever its `meta.deadlineMs`; nil for no limit.
    public var requestTimeoutMilliseconds: Int?
    /// Whether a call without room in flight is refused as `busy`; otherwise the call waits to be read.
    public var refusesWhenBusy = false
    /// How long a refused client should wait.
    public var retryAfterMilliseconds = 100
    /// The most items of one JSON-RPC batch.
    public var maximumBatchItems = 1000
    /// The most violations that one response lists.
    public var maximumViolations = 16
    /// The most bytes that one `read(2)` takes.
    public var readBytes = 256 << 10
    /// The most calls that a service gets at once.
    public var callsInGroup = 512
    /// The most bytes that the requests of one group and their expected responses take together.
    public var bytesInGroup = 320 << 10
    /// The most groups of one method that run at a time; further groups wait.
    public var groupsInLane = 8
    /// The most bytes of requests and their expected responses in the groups that run. One group of each method runs
    /// whatever its size.
    public var bytesRunning = 2560 << 10
    /// The most calls that are read and not yet answered; above it the reader waits.
    public var callsInFlight = 8 << 10
    /// The most bytes in flight: of requests that are read and not yet answered, and of their expected responses.
    public var bytesInFlight = 8 << 20
    /// The most response bytes that wait for the client, or for other responses of their batch or of `--ordered`;
    /// above it the reader waits.
    public var outputBytes = 4 << 20
    /// Whether every call is a group of its own, and groups of all methods run one at a time in the order of arrival.
    public var isSequential = false

    public init() {}
}
