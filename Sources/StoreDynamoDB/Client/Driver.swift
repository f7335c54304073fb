import Bureau
import Glibc
import Platform
import Repositories

/// The settings of one table's driver: where the table is, who asks for it, and all limits.
struct DriverSettings: Sendable {
    let address: DynamoDBAddress
    /// Gets credentials; it looks into the environment and the files anew each time.
    let fetcher: CredentialFetcher
    /// The credentials that the environment or the files had at the start; nil when a service or a program has them.
    let initialCredentials: AWSCredentials?
    /// A file of certificates to trust in place of the system's.
    let caBundle: String?
    let retries = RetryCounter()
    /// The most requests in flight, each on a connection of its own.
    let concurrency: Int
    let connectTimeout: Duration = .seconds(1)
    /// How long a request waits while the endpoint answers nothing at all.
    let requestTimeout: Duration
    /// The time limit of a request with its retries, and of a queued request while nothing is answered.
    var callTimeout: Duration { requestTimeout * 5 / 2 }
    let healthTimeout: Duration = .seconds(1)
    /// The most attempts at one request, the first included.
    let attempts = 8
    /// The wait before a retry: at most 25 ms after the first failure, at most 1 s after many.
    let backoff = Backoff(first: .milliseconds(25), limit: .seconds(1))
    /// The largest response that is accepted; the API's own limit is 16 MB.
    let maximumResponseBytes = 32 << 20
    /// A request that changes nothing and costs little.
    var probe: APIRequest { TableRequests(table: address.table).get(TableSchema.key) }
    /// The wall clock, for signatures and for the expiry of credentials.
    let now: @Sendable () -> Instant = { Instant(secondsSinceEpoch: Int64(time(nil))) }

    init(
        url: String, environment: [String: String],
        readFile: @escaping @Sendable (String) -> SharedConfigFiles.Content = SharedConfigFiles.read
    ) throws(StoreOpenError) {
        let environment = environment.withHome()
        let files = try configured { () throws(CredentialFailure) in
            try SharedConfigFiles(environment: environment, readFile: readFile)
        }
        let address = try DynamoDBAddress(url: url, environment: environment, files: files)
        let caBundle = try configured { () throws(CredentialFailure) in
            try Self.caBundle(environment, files, readFile)
        }
        self.address = address
        self.caBundle = caBundle
        let fetcher = CredentialFetcher(
            environment: environment, region: address.region, readFile: readFile,
            exchange: { HTTPExchange(caBundle: caBundle)($0) }, now: now)
        self.fetcher = fetcher
        initialCredentials = try configured { () throws(CredentialFailure) in try fetcher.source().fixedCredentials }
        concurrency = address.connections ?? 32
        requestTimeout = .seconds(address.timeoutSeconds ?? 2)
    }

    private static func caBundle(
        _ environment: [String: String], _ files: SharedConfigFiles, _ readFile: (String) -> SharedConfigFiles.Content
    ) throws(CredentialFailure) -> String? {
        let variable = environment.setting("AWS_CA_BUNDLE")
        guard let path = variable ?? files.value("ca_bundle") else { return nil }
        guard case .text = readFile(path) else {
            let origin = variable == nil ? "ca_bundle of the profile \(files.profileName)" : "AWS_CA_BUNDLE"
            throw CredentialFailure(reason: "\(origin) names \(path), which cannot be read")
        }
        return path
    }
}

/// Converts the error of the AWS settings.
func configured<R>(_ body: () throws(CredentialFailure) -> R) throws(StoreOpenError) -> R {
    do throws(CredentialFailure) {
        return try body()
    } catch {
        throw StoreOpenError(.b, .configuration, error.reason, code: error.code)
    }
}

/// Sends requests to one endpoint on a thread of its own. Any thread and any task may submit requests.
final class Driver: Sendable {
    let settings: DriverSettings
    private let queue: SubmissionQueue

    init(_ settings: DriverSettings) throws(StoreOpenError) {
        guard let multi = CurlMulti(connections: settings.concurrency) else { throw .noDynamoDBResources }
        self.settings = settings
        let queue = SubmissionQueue(multi)
        self.queue = queue
        guard OSThread.start({ DriverLoop(settings, queue, multi).run() }) else { throw .noDynamoDBResources }
    }

    deinit {
        queue.stop()
    }

    /// Sends requests and returns an outcome for each; suspends once for all of them.
    ///
    /// Requests wait in a queue while the endpoint answers. Each gets its outcome within the time limit of a call,
    /// counted from its start or from the endpoint's last answer.
    ///
    /// A cancelled task drops queued requests and reads in flight. Writes in flight still get their outcomes.
    ///
    /// - Parameter isCancellable: false for requests that finish what the call has begun to write.
    func run(_ requests: [APIRequest], isUrgent: Bool = false, isCancellable: Bool = true) async -> [APIOutcome] {
        if requests.isEmpty { return [] }
        return await withCancellation { cancellation, completion in
            queue.append(
                Submission(
                    requests: requests, isUrgent: isUrgent, cancellation: isCancellable ? cancellation : nil,
                    completion: completion))
        } cancel: { [queue] _ in
            if isCancellable { queue.noteCancelled() }
        }
    }

    /// Fetches credentials anew before the next request.
    func reloadCredentials() {
        queue.reloadCredentials()
    }

    /// Sends a request and blocks the calling thread; never called on Swift's cooperative pool.
    func runBlocking(_ request: APIRequest) -> APIOutcome {
        let outcome = Monitor<APIOutcome?>(nil)
        queue.append(
            Submission(requests: [request]) { outcomes in
                outcome.change { state in
                    state = outcomes.first
                    return ((), wakes: true)
                }
            })
        return outcome.wait { $0 }
    }
}

extension StoreOpenError {
    fileprivate static let noDynamoDBResources = StoreOpenError(
        .b, .outOfResources, "the system gives no thread or no memory")
}

extension Duration {
    /// The milliseconds, rounded up.
    var wholeMilliseconds: Int { Int((self / .milliseconds(1)).rounded(.up)) }
}
