import Bureau

/// Keeps credentials and decides when to fetch new ones.
///
/// `clock` is the wall clock, which expiries are compared with; all other times are of the monotonic clock.
struct CredentialCache {
    enum State: Equatable {
        case ready(AWSCredentials)
        /// A fetch is on its way or due.
        case waiting
        case missing
    }

    /// How long before their expiry credentials are fetched anew.
    private static let marginMicroseconds: Int64 = 300 * 1_000_000
    private static let retryDelay: Duration = .seconds(1)
    private static let retryDelayWhileValid: Duration = .seconds(15)

    private let source: CredentialSource
    private var current: AWSCredentials?
    /// Whether the server has refused the current credentials.
    private var isRefused = false
    private var fetch: CredentialFetch?
    /// The earliest time of the next fetch; nil before the first.
    private var nextFetch: ContinuousClock.Instant?

    init(_ source: CredentialSource) {
        self.source = source
        if case .fixed(let credentials) = source { current = credentials }
    }

    func state(at now: ContinuousClock.Instant, clock: Instant) -> State {
        if let current, isUsable(current, at: clock) { return .ready(current) }
        guard case .endpoint = source else { return .missing }
        return fetch != nil || mayFetch(at: now) ? .waiting : .missing
    }

    /// Returns the first request of a fetch when a fetch is due.
    mutating func startIfDue(
        at now: ContinuousClock.Instant, clock: Instant, readFile: (String) -> String?
    ) -> MetadataRequest? {
        guard case .endpoint(let endpoint) = source, fetch == nil, mayFetch(at: now), isDue(at: clock) else {
            return nil
        }
        let fetch = CredentialFetch(endpoint)
        self.fetch = fetch
        return fetch.start(readFile: readFile)
    }

    /// Takes a response, nil for none, and returns the next request of the fetch.
    mutating func take(
        _ response: (status: Int, body: [UInt8])?, at now: ContinuousClock.Instant, clock: Instant
    ) -> MetadataRequest? {
        switch response.flatMap({ fetch?.take(status: $0.status, body: $0.body) }) ?? .failed {
        case .ask(let request):
            return request
        case .done(let credentials):
            fetch = nil
            current = credentials
            isRefused = false
            // Credentials close to their expiry would otherwise be fetched all the time.
            nextFetch = now + Self.retryDelay
        case .failed:
            fetch = nil
            let hasUsable = current.map { isUsable($0, at: clock) } ?? false
            nextFetch = now + (hasUsable ? Self.retryDelayWhileValid : Self.retryDelay)
        }
        return nil
    }

    /// Notes that the server calls `credentials` expired; false when no others can be fetched.
    mutating func refuse(_ credentials: AWSCredentials) -> Bool {
        guard case .endpoint = source else { return false }
        if current == credentials { isRefused = true }
        return true
    }

    private func mayFetch(at now: ContinuousClock.Instant) -> Bool {
        nextFetch.map { now >= $0 } ?? true
    }

    private func isDue(at clock: Instant) -> Bool {
        guard let current, !isRefused else { return true }
        guard let expiry = current.expiresAt else { return false }
        return expiry.microsecondsSinceEpoch - clock.microsecondsSinceEpoch < Self.marginMicroseconds
    }

    /// Whether the current credentials are neither refused nor expired.
    private func isUsable(_ current: AWSCredentials, at clock: Instant) -> Bool {
        !isRefused && current.expiresAt.map { $0 > clock } ?? true
    }
}
