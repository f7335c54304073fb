import Bureau

/// Has credentials at hand and says when to fetch new ones. Times are milliseconds of the monotonic clock, but for the
/// credentials' own expiry.
struct CredentialKeeper {
    enum State: Equatable {
        case ready(Credentials)
        /// They are on their way.
        case waiting
        case missing
    }

    /// So long before they expire, credentials are fetched anew.
    static let marginMicroseconds: Int64 = 300 * 1_000_000
    private static let retryMilliseconds: Int64 = 1000
    private static let retryWhileValidMilliseconds: Int64 = 15_000

    private let source: CredentialSource
    private var current: Credentials?
    private var isStale = false
    private var fetch: CredentialFetch?
    private var nextFetch = Int64.min

    init(_ source: CredentialSource) {
        self.source = source
        if case .fixed(let credentials) = source { current = credentials }
    }

    func state(at time: Int64, clock: Instant) -> State {
        if let current, !isExpired(current, at: clock) { return .ready(current) }
        guard case .endpoint = source else { return .missing }
        return fetch != nil || time >= nextFetch ? .waiting : .missing
    }

    /// The first request of a fetch, when one is due.
    mutating func startIfDue(
        at time: Int64, clock: Instant, readFile: (String) -> String?
    ) -> MetadataRequest? {
        guard case .endpoint(let endpoint) = source, fetch == nil, time >= nextFetch, isDue(at: clock) else {
            return nil
        }
        let fetch = CredentialFetch(endpoint)
        self.fetch = fetch
        return fetch.start(readFile: readFile)
    }

    /// Takes an answer, nil when there was none, and gives the next request of the fetch.
    mutating func take(_ answer: (status: Int, body: [UInt8])?, at time: Int64, clock: Instant) -> MetadataRequest? {
        switch answer.flatMap({ fetch?.take(status: $0.status, body: $0.body) }) ?? .failed {
        case .ask(let request):
            return request
        case .done(let credentials):
            fetch = nil
            current = credentials
            isStale = false
            // A service that gives out nearly expired credentials is not asked all the time.
            nextFetch = time + Self.retryMilliseconds
        case .failed:
            fetch = nil
            let isUsable = current.map { !isExpired($0, at: clock) } ?? false
            nextFetch = time + (isUsable ? Self.retryWhileValidMilliseconds : Self.retryMilliseconds)
        }
        return nil
    }

    /// The server says that `credentials` have expired. False when there are no others to hope for.
    mutating func refuse(_ credentials: Credentials) -> Bool {
        guard case .endpoint = source else { return false }
        if current == credentials { isStale = true }
        return true
    }

    private func isDue(at clock: Instant) -> Bool {
        guard let current, !isStale else { return true }
        guard let expiry = current.expiresAt else { return false }
        return expiry.microsecondsSinceEpoch - clock.microsecondsSinceEpoch < Self.marginMicroseconds
    }

    private func isExpired(_ credentials: Credentials, at clock: Instant) -> Bool {
        if isStale && credentials == current { return true }
        return credentials.expiresAt.map { $0 <= clock } ?? false
    }
}
