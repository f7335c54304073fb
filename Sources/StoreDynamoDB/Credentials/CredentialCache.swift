import Bureau

/// Keeps credentials and decides when to fetch new ones; somebody else fetches.
///
/// `clock` is the wall clock, which expiries are compared with; all other times are of the monotonic clock.
struct CredentialCache {
    enum State: Equatable {
        case ready(AWSCredentials)
        /// A fetch is on its way or due.
        case waiting
        case missing(CredentialFailure)
    }

    /// How long before their expiry credentials are fetched anew.
    private static let marginMicroseconds: Int64 = 300 * 1_000_000
    private static let retryDelay: Duration = .seconds(1)
    private static let retryDelayWhileValid: Duration = .seconds(15)

    private var current: AWSCredentials?
    /// The credentials that the server has refused. A fetch that brings them again brings nothing.
    private var refused: AWSCredentials?
    private var isFetching = false
    /// Whether nothing was at hand at the start, and the first fetch has not ended.
    private(set) var isFetchingFirst: Bool
    /// Whether somebody asked to look again, though the current credentials can be used.
    private var isReloading = false
    private var failure = CredentialFailure(reason: "the AWS credentials have not been fetched")
    /// The earliest time of the next fetch; nil before the first.
    private var nextFetch: ContinuousClock.Instant?

    /// - Parameter initial: credentials that are at hand at the start.
    init(_ initial: AWSCredentials? = nil) {
        current = initial
        isFetchingFirst = initial == nil
    }

    func state(at now: ContinuousClock.Instant, clock: Instant) -> State {
        if let current, isUsable(current, at: clock) { return .ready(current) }
        return isFetching || mayFetch(at: now) ? .waiting : .missing(failure)
    }

    /// Whether a fetch is due now. The caller then fetches and gives the result to ``take(_:at:clock:)``.
    mutating func startIfDue(at now: ContinuousClock.Instant, clock: Instant) -> Bool {
        guard !isFetching, mayFetch(at: now), isDue(at: clock) else { return false }
        isFetching = true
        isReloading = false
        return true
    }

    mutating func take(
        _ result: Result<AWSCredentials, CredentialFailure>, at now: ContinuousClock.Instant, clock: Instant
    ) {
        isFetching = false
        isFetchingFirst = false
        // Credentials close to their expiry would otherwise be fetched all the time.
        nextFetch = now + Self.retryDelay
        switch result {
        case .success(let credentials) where credentials == refused:
            failure = CredentialFailure(
                reason: "the AWS credentials have expired, and their source has no newer ones", code: "ExpiredToken")
        case .success(let credentials):
            current = credentials
            refused = nil
        case .failure(let failure):
            self.failure = failure
            let hasUsable = current.map { isUsable($0, at: clock) } ?? false
            if hasUsable { nextFetch = now + Self.retryDelayWhileValid }
        }
    }

    /// Notes that the server calls `credentials` expired.
    mutating func refuse(_ credentials: AWSCredentials) {
        if current == credentials { refused = credentials }
    }

    /// Makes a fetch due, which reads files and asks services again.
    mutating func reload() {
        isReloading = true
        refused = nil
        nextFetch = nil
    }

    private func mayFetch(at now: ContinuousClock.Instant) -> Bool {
        nextFetch.map { now >= $0 } ?? true
    }

    private func isDue(at clock: Instant) -> Bool {
        guard let current, current != refused, !isReloading else { return true }
        guard let expiry = current.expiresAt else { return false }
        return expiry.microsecondsSinceEpoch - clock.microsecondsSinceEpoch < Self.marginMicroseconds
    }

    /// Whether the current credentials are neither refused nor expired.
    private func isUsable(_ current: AWSCredentials, at clock: Instant) -> Bool {
        current != refused && current.expiresAt.map { $0 > clock } ?? true
    }
}
