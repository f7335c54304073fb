/// Who does what: the work that waits, the links (one thread with one connection each), and whether the server is down.
///
/// A pure value. Its functions take the time and tell whom to wake; the caller changes it under a lock and acts after.
struct Dispatch<Work: Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum LinkState: Hashable, Sendable {
        /// Has no connection and waits to be told to open one.
        case parked
        case connecting
        /// Waits for its next try to connect.
        case waiting
        case ready(load: Int)
    }

    struct Waiting: Sendable {
        let work: Work
        var deadline: Instant
        /// How often the work was taken by a link that lost its connection before it could run.
        var tries = 0
    }

    let limits: PostgresLimits
    var links: [LinkState]
    var waiting: [Waiting] = []
    /// Set while no link is ready and the last try to connect failed: when the next one is due.
    var downUntil: Instant?
    var isStopped = false
    /// When somebody looks for what has waited for too long.
    var alarm: Instant?

    init(links: Int, limits: PostgresLimits) {
        self.links = Array(repeating: .parked, count: links)
        self.limits = limits
    }

    /// How often work that did not run is given to another link.
    static var triesLimit: Int { 3 }
}

extension Dispatch {
    enum Permission: Hashable, Sendable {
        case connect
        /// Another link tries; wait to be woken.
        case park
        case stop
    }

    /// Whether a link without a connection may open one. While the server is down, one link tries for all.
    mutating func permission(_ link: Int) -> Permission {
        guard !isStopped else { return .stop }
        let isTried = links.enumerated().contains { $0 != link && ($1 == .connecting || $1 == .waiting) }
        links[link] = downUntil != nil && isTried ? .parked : .connecting
        return links[link] == .parked ? .park : .connect
    }

    /// A link has a connection. Returns the links to wake: the server is up.
    mutating func connected(_ link: Int) -> [Int] {
        links[link] = .ready(load: 0)
        downUntil = nil
        return links.indices.filter { links[$0] == .parked }
    }

    /// A try to connect failed; the next one is due at `retryAt`. The server is down, unless another link is ready.
    mutating func failed(_ link: Int, retryAt: Instant, now: Instant) {
        links[link] = .waiting
        noteOutage(until: retryAt, now: now)
    }

    /// A link has lost its connection, or takes no more work on it. One that was silent for too long tells that the
    /// server is down. Returns the link to wake for what may have been meant for this one.
    mutating func lost(_ link: Int, wasSilent: Bool, now: Instant) -> Int? {
        links[link] = .connecting
        if wasSilent { noteOutage(until: now, now: now) }
        return waiting.isEmpty ? nil : leastLoaded()
    }

    /// Nothing more is taken or opened; what waits is given back.
    mutating func stop() -> [Work] {
        isStopped = true
        defer { waiting = [] }
        return waiting.map(\.work)
    }

    private mutating func noteOutage(until instant: Instant, now: Instant) {
        let hasReady = links.contains { if case .ready = $0 { true } else { false } }
        guard !hasReady else { return }
        downUntil = instant
        for index in waiting.indices {
            waiting[index].deadline = min(waiting[index].deadline, now + limits.downTimeout)
        }
    }
}
