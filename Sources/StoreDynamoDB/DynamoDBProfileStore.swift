import Bureau
import Repositories
import Synchronization

/// Base B in a table of the DynamoDB API: AWS, DynamoDB Local, ScyllaDB Alternator.
///
/// A profile is one item under its subject's token. Its scores lie under the same token in a table of their own, so
/// that a walk over profiles does not pay for histories. Every condition is on one item, so each item of a batch takes
/// effect by itself. Reads are consistent: each sees every write that
/// has returned. One thread sends all requests, many at once. A call waits for a server that answers, however slowly,
/// and gives up a silent server after five seconds at most.
public final class DynamoDBProfileStore: ProfileRepository {
    let driver: Driver
    let requests: TableRequests
    /// For the table of scores, which has the same key.
    let scoreRequests: TableRequests
    let schema: TableSchema
    /// The tokens of the scores and receipts that the last page of `tokens` has met.
    let metScores = Mutex<Set<SubjectToken>>([])

    /// Opens the table of `url`, `dynamodb://TABLE?endpoint=URL&region=NAME`, and checks its schema.
    ///
    /// Further options of the URL are `connections`, the most at once (32), and `timeout`, the seconds for which the
    /// endpoint may be silent (2). `region` and `endpoint` may come from the environment.
    ///
    /// - Parameters:
    ///   - steps: every step of the table's schema, in order.
    ///   - environment: the process's variables; `AWS_*` and `HOME` are used.
    public convenience init(
        url: String, steps: [MigrationStep], environment: [String: String]
    ) async throws(StoreOpenError) {
        try self.init(unopened: url, steps: steps, environment: environment)
        try await checkSchema()
    }

    /// Takes the settings, and does not look at the table.
    init(unopened url: String, steps: [MigrationStep], environment: [String: String]) throws(StoreOpenError) {
        driver = try Driver(DriverSettings(url: url, environment: environment))
        requests = TableRequests(table: driver.settings.address.table)
        scoreRequests = requests.ofScores
        schema = TableSchema(steps: steps)
    }

    /// Checks the table within a second; never waits for queued work.
    public func health() async -> StoreHealth {
        let start = ContinuousClock.now
        var health = StoreHealth(
            base: .b, engine: nil, roundTripMicroseconds: 0, migrationsApplied: 0, migrationsKnown: schema.steps.count)
        do throws(APIFailure) {
            let applied = try await appliedSteps(isUrgent: true)
            health.engine = "DynamoDB API at \(driver.settings.address.authority)"
            health.migrationsApplied = schema.plan(applied).appliedCount
            health.isEncrypted = driver.settings.address.isEncrypted
        } catch {
            health.reason = error.reason
        }
        health.roundTripMicroseconds = Int64((ContinuousClock.now - start) / .microseconds(1))
        return health
    }

    public var retryCount: Int { driver.settings.retries.count }

    /// Reads the files, asks the services and runs the programs that give credentials anew, at the next request.
    public func reloadCredentials() {
        driver.reloadCredentials()
    }

    private func checkSchema() async throws(StoreOpenError) {
        let applied: [AppliedStep]
        do throws(APIFailure) {
            applied = try await appliedSteps(isUrgent: false)
        } catch {
            if error.fault == .tableMissing { throw Self.schemaBehind }
            // Whoever mends rights or keys has to know whose.
            guard error.fault.concernsCredentials, case .success(let who) = await identity() else {
                throw error.openError
            }
            throw error.openError(ofCredentials: who)
        }
        switch schema.plan(applied).verdict {
        case .current: return
        case .behind: throw Self.schemaBehind
        case .drifted, .newer:
            throw StoreOpenError(
                .b, .schemaNewer, "the table has a schema of a newer program, or a step of it was changed")
        }
    }

    private static let schemaBehind = StoreOpenError(
        .b, .schemaBehind, "the table is missing or its schema is behind; run: creditd migrate up")

    private func appliedSteps(isUrgent: Bool) async throws(APIFailure) -> [AppliedStep] {
        let outcomes = await driver.run([requests.get(TableSchema.key)], isUrgent: isUrgent)
        return try TableSchema.appliedSteps(outcomes[0])
    }
}
