import Bureau
import Glibc

/// What the driver of one table needs to know: where, as whom, and within what limits.
struct DriverSettings: Sendable {
    let address: DynamoDBAddress
    let credentialSource: CredentialSource
    /// A file of certificates to trust in place of the system's.
    let caBundle: String?
    /// The most requests on the way at once, each on a connection of its own.
    var concurrency: Int
    var connectMilliseconds: Int64 = 1000
    /// How long a request waits while the endpoint answers nothing at all.
    let requestMilliseconds: Int64
    /// For a request with its retries, and for the waiting of the next while nothing is answered.
    var callMilliseconds: Int64 { requestMilliseconds * 5 / 2 }
    var healthMilliseconds: Int64 = 1000
    /// Attempts at one request, the first included.
    var attempts = 8
    /// The largest answer that is taken; the API's own limit is 16 MB.
    let answerBytes = 32 << 20
    /// A request that changes nothing and costs little.
    var probe: APIRequest { TableRequests(table: address.table).get(TableSchema.key) }
    /// The wall clock, for signatures and for the expiry of credentials.
    var now: @Sendable () -> Instant = { Instant(secondsSinceEpoch: Int64(time(nil))) }
    var readFile: @Sendable (String) -> String? = TextFile.read

    init(url: String, environment: [String: String]) throws(DynamoDBOpenError) {
        let readFile: @Sendable (String) -> String? = TextFile.read
        let shared = SharedFiles(environment: environment, readFile: readFile)
        address = try DynamoDBAddress(url: url, environment: environment, profileRegion: shared.region)
        concurrency = address.connections ?? 32
        credentialSource = CredentialSource(environment: environment, readFile: readFile)
        requestMilliseconds = Int64(address.timeoutSeconds ?? 2) * 1000
        caBundle = environment.setting("AWS_CA_BUNDLE")
    }
}
