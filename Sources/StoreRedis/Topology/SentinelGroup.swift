import Platform
import Repositories

/// The sentinels that watch a primary (Redis Sentinel, "Guidelines for Redis clients").
///
/// Each sentinel is asked again and again, on a thread of its own, because a primary that another has replaced goes on
/// answering until the sentinels turn it into a replica, and what it answers is lost.
final class SentinelGroup: Sendable {
    /// The name of the primary in the sentinels' configuration.
    let name: String
    private let endpoints: [RedisEndpoint]
    private let state: Monitor<State>

    /// What callers share with the threads that ask.
    private struct State {
        var views: SentinelViews
        /// The threads to wake when another server is the primary.
        var followers: [Waker] = []
        /// When sentinels were last asked ahead of their time.
        var lastDoubt: ContinuousClock.Instant?
        var isClosed = false
    }

    /// Starts to ask sentinels, which watch the primary of this name.
    init(_ sentinels: [Sentinel], name: String) throws(StoreOpenError) {
        self.name = name
        endpoints = sentinels.map(\.endpoint)
        state = Monitor(State(views: SentinelViews(count: sentinels.count)))
        for (index, sentinel) in sentinels.enumerated() {
            let hasStarted = OSThread.start { [state] in Self.keepAsking(sentinel, index, state) }
            guard hasStarted else { throw .outOfResources }
        }
    }

    deinit {
        state.update { $0.isClosed = true }
    }

    /// Asks all sentinels and returns the primary, once a majority has answered or half of the time is over.
    func primary(until end: ContinuousClock.Instant) throws(RedisFault) -> RedisEndpoint {
        let now = ContinuousClock.now
        let round = state.change { ($0.views.beginRound(), wakes: true) }
        state.wait(until: now + (end - now) / 2) { $0.views.isOver(round) ? () : nil }
        return try state.withLock { $0.views.outcome(of: round, endpoints) }.get()
    }

    /// Whether the sentinels name another server than this former primary.
    func hasReplaced(_ endpoint: RedisEndpoint) -> Bool {
        state.withLock { $0.views.primary.map { $0 != endpoint } ?? false }
    }

    /// Asks all sentinels at once, because the primary behaves as one that may have been replaced.
    func doubtPrimary() {
        let now = ContinuousClock.now
        state.update { state in
            // A flood of refusals asks no more often than this.
            if let last = state.lastDoubt, now - last < RedisLimits.shortestRetry { return }
            state.lastDoubt = now
            _ = state.views.beginRound()
        }
    }

    /// Has a thread woken each time another server becomes the primary.
    func add(_ follower: Waker) {
        state.withLock { $0.followers.append(follower) }
    }

    /// Asks one sentinel until the group is closed.
    private static func keepAsking(_ sentinel: Sentinel, _ index: Int, _ state: Monitor<State>) {
        var client: HiredisClient?
        while let round = state.withLock({ $0.isClosed ? nil : $0.views.round }) {
            let answer = sentinel.ask(on: &client)
            let woken = state.change { state in
                (state.views.note(answer, of: index, in: round) ? state.followers : [], wakes: true)
            }
            for follower in woken { follower.wake() }
            state.wait(until: .now + RedisLimits.sentinelInterval) { state in
                state.isClosed || state.views.round > round ? () : nil
            }
        }
    }
}

/// One of the servers that watch a primary, and how it is asked.
struct Sentinel: Sendable {
    let endpoint: RedisEndpoint
    /// The name of the primary.
    let name: String
    let login: RedisLogin
    /// Nil without TLS.
    let tls: TLSIdentity?
    let times: RedisTimes

    /// Asks for the primary on a connection, which is opened when there is none and given up when it fails.
    fileprivate func ask(on client: inout HiredisClient?) -> Result<SentinelAnswer, RedisFault> {
        do throws(RedisFault) {
            let deadline = ContinuousClock.now + times.connect
            let open: HiredisClient
            if let client { open = client } else { open = try connect(until: deadline) }
            client = open
            // In this order the epoch is never newer than the address. The user may lack the right to ask for it.
            let replies = try open.ask(
                [["SENTINEL", "MASTER", name], ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]], until: deadline)
            if let fault = replies[1].fault { throw fault }
            guard let address = replies[1].elements else { throw .noSuchPrimary }
            guard address.count == 2, let host = address[0].text, let port = address[1].text.flatMap({ UInt16($0) })
            else { throw .notRedis }
            return .success(
                SentinelAnswer(primary: RedisEndpoint(host: host, port: port), configEpoch: Self.epoch(replies[0])))
        } catch {
            client = nil
            return .failure(error)
        }
    }

    private func connect(until deadline: ContinuousClock.Instant) throws(RedisFault) -> HiredisClient {
        let client = try HiredisClient(RedisSocket(endpoint, tls?.context, until: deadline))
        for reply in try client.ask(try login.greeting(), until: deadline) {
            if let fault = reply.fault { throw fault }
        }
        return client
    }

    /// Reads the configuration's epoch from names and values in turn.
    private static func epoch(_ reply: HiredisReply) -> Int64 {
        let fields = reply.elements ?? []
        let index = fields.firstIndex(of: .text("config-epoch")).map { $0 + 1 }
        return index.flatMap { fields.indices.contains($0) ? fields[$0].text : nil }.flatMap { Int64($0) } ?? 0
    }
}
