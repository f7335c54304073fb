import Bureau
import JSON
import Repositories

/// Base B in a table of the DynamoDB API: AWS, DynamoDB Local, ScyllaDB Alternator.
///
/// A profile is one item under its subject's token, its scores are further items of the same partition. Every condition
/// is on one item, so the items of a batch take effect each by itself. Reads are consistent: each sees every write that
/// has returned. Requests go out side by side from one thread. A server that answers is waited for as long as it
/// takes; one that does not is given up after five seconds at most.
package final class DynamoDBProfileStore: ProfileRepository {
    let driver: Driver
    let requests: TableRequests
    let schema: TableSchema

    /// Opens the table that `url` names, `dynamodb://TABLE?endpoint=URL&region=NAME`, and checks its schema.
    ///
    /// Further options of the URL are `connections`, the most at once (32), and `timeout`, for how many seconds the
    /// endpoint may be silent (2). `region` and `endpoint` may come from the environment.
    ///
    /// - Parameters:
    ///   - steps: every step of the table's schema, in order.
    ///   - environment: the process's variables: the `AWS_*` ones and `HOME` are looked at.
    package convenience init(
        url: String, steps: [MigrationStep], environment: [String: String]
    ) async throws(DynamoDBOpenError) {
        try await self.init(DriverSettings(url: url, environment: environment), steps: steps)
    }

    init(_ settings: DriverSettings, steps: [MigrationStep]) async throws(DynamoDBOpenError) {
        driver = try Driver(settings)
        requests = TableRequests(table: settings.address.table)
        schema = TableSchema(steps: steps)
        try await checkSchema()
    }

    /// Asks for a sign of life; throws what is wrong with the table or the way to it.
    package func check() async throws(DynamoDBFault) {
        _ = try await appliedSteps(isUrgent: true)
    }

    /// Never waits for queued work; answers within a second.
    package func health() async -> StoreHealth {
        let start = ContinuousClock.now
        let applied = try? await appliedSteps(isUrgent: true)
        let spent = (ContinuousClock.now - start).components
        return StoreHealth(
            base: .b, engine: applied == nil ? nil : "DynamoDB API at \(driver.settings.address.authority)",
            roundTripMicroseconds: spent.seconds * 1_000_000 + spent.attoseconds / 1_000_000_000_000,
            migrationsApplied: applied.map(schema.countApplied) ?? 0, migrationsKnown: schema.steps.count,
            isEncrypted: applied.map { _ in driver.settings.address.isEncrypted })
    }

    private func checkSchema() async throws(DynamoDBOpenError) {
        let applied: [AppliedStep]
        do {
            applied = try await appliedSteps(isUrgent: false)
        } catch {
            throw error == .tableMissing ? .schemaBehind : .fault(error)
        }
        switch schema.state(applied) {
        case .current: return
        case .behind: throw .schemaBehind
        case .unknown: throw .schemaUnknown
        }
    }

    private func appliedSteps(isUrgent: Bool) async throws(DynamoDBFault) -> [AppliedStep] {
        let outcomes = await driver.run([requests.get(TableSchema.key)], isUrgent: isUrgent)
        switch outcomes.first {
        case .answered(let body): return try TableSchema.appliedSteps(body)
        case .failed(let failure): throw failure.fault
        case .conditionFailed, nil: throw .unreadable
        }
    }
}
