import Bureau
import Glibc
import JSON
import Repositories

/// Creates and deletes the table: each step's `up` is the JSON of a `CreateTable` request without the table's name.
///
/// An item of the table remembers the applied steps, another that the table was made empty. The
/// way down deletes the table with all that is in it.
package final class DynamoDBMigrator: Migrator {
    private let driver: Driver
    private let requests: TableRequests
    private let schema: TableSchema
    /// How often the status of a table that is being made is asked for, and the pause between two questions.
    private let polling = (count: 240, pauseMilliseconds: 250)

    /// Takes the same URL, steps and environment as ``DynamoDBProfileStore``. Sends nothing yet.
    package init(url: String, steps: [MigrationStep], environment: [String: String]) throws(StoreOpenError) {
        let settings = try DriverSettings(url: url, environment: environment)
        driver = try Driver(settings)
        requests = TableRequests(table: settings.address.table)
        schema = TableSchema(steps: steps)
    }

    package func status() throws(MigrationError) -> [MigrationState] {
        schema.plan(try appliedSteps()).states
    }

    package func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        var applied = try appliedSteps()
        for step in try schema.plan(applied).stepsUp(count, of: .b) {
            progress(.begins(step.name))
            try createTable(step)
            applied.append(AppliedStep(name: step.name, checksum: step.checksum, appliedAt: driver.settings.now()))
            let request = requests.request(.putItem) { writer in
                writer.object("Item") { TableSchema.write(applied, to: &$0) }
            }
            _ = try run(request, step.name)
            progress(.ended(step.name))
        }
    }

    package func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        // With the table go all its steps, so that one is taken back at most.
        guard let step = try schema.plan(appliedSteps()).stepsDown(min(count, 1), of: .b).first else { return }
        progress(.begins(step.name))
        _ = try run(requests.request(.deleteTable) { _ in }, step.name)
        try waitForTable(step.name) { $0 == nil }
        progress(.ended(step.name))
    }

    /// Creates the table and waits until it is active. Another migrator may create it at the same moment.
    private func createTable(_ step: MigrationStep) throws(MigrationError) {
        let isNew = try tableStatus(step.name) == nil
        if isNew {
            let definition = Array(step.up.utf8)
            let request = try? withObject(in: definition) { (value) throws(MalformedItem) in
                requests.request(.createTable) { writer in
                    for member in value.members {
                        writer.key(member.key.string ?? "")
                        writer.value(member.value)
                    }
                }
            }
            guard let request else { throw .failed(.b, step: step.name, reason: "the file is no JSON object") }
            if case .failed(let failure) = driver.runBlocking(request), failure.fault != .tableExists {
                throw .failed(.b, step: step.name, reason: failure.reason.description)
            }
        }
        try waitForTable(step.name) { $0 == "ACTIVE" }
        if isNew, case .failed(let failure) = driver.runBlocking(requests.putEmptyKeyRing()) {
            throw .failed(.b, step: step.name, reason: failure.reason.description)
        }
    }

    private func waitForTable(_ step: String, _ isDone: (String?) -> Bool) throws(MigrationError) {
        for _ in 0..<polling.count {
            if isDone(try tableStatus(step)) { return }
            usleep(UInt32(polling.pauseMilliseconds) * 1000)
        }
        throw .failed(.b, step: step, reason: "the table takes longer than a minute")
    }

    /// `CREATING`, `ACTIVE` and the like; nil when there is no table.
    private func tableStatus(_ step: String) throws(MigrationError) -> String? {
        let body = try run(requests.request(.describeTable) { _ in }, step, absent: .tableMissing)
        return body.flatMap { body in
            try? withObject(in: body) { (answer) throws(MalformedItem) in answer["Table"]?["TableStatus"]?.string ?? ""
            }
        }
    }

    private func appliedSteps() throws(MigrationError) -> [AppliedStep] {
        do throws(APIFailure) {
            return try TableSchema.appliedSteps(driver.runBlocking(requests.get(TableSchema.key)))
        } catch {
            if error.fault == .tableMissing { return [] }
            let reason = "\(error.reason). \(error.fault.remedy)"
            guard error.fault.openCause == .unreachable else { throw .refused(.b, reason: reason) }
            throw .unreachable(.b, reason: reason)
        }
    }

    /// Sends a request of a step; nil when it fails for the reason that `absent` names.
    private func run(
        _ request: APIRequest, _ step: String, absent: DynamoDBFault? = nil
    ) throws(MigrationError) -> [UInt8]? {
        switch driver.runBlocking(request) {
        case .answered(let body): return body
        case .failed(let failure) where failure.fault == absent: return nil
        case .failed(let failure): throw .failed(.b, step: step, reason: failure.reason.description)
        case .conditionFailed: throw .failed(.b, step: step, reason: DynamoDBFault.requestRefused.description)
        }
    }
}
