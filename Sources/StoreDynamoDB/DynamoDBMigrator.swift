import Bureau
import Glibc
import JSON
import Repositories

/// Makes and deletes the table: each step's `up` is the JSON of a `CreateTable` request without the table's name.
///
/// What was applied stands in an item of the table. Its `down` deletes the table with all that is in it.
package final class DynamoDBMigrator: Migrator {
    private let driver: Driver
    private let requests: TableRequests
    private let schema: TableSchema
    /// How often, and after how many milliseconds, a table that is being made is looked at.
    private let looks = (count: 240, milliseconds: 250)

    /// Takes the same URL, steps and environment as ``DynamoDBProfileStore``. Sends nothing yet.
    package init(
        url: String, steps: [MigrationStep], environment: [String: String]
    ) throws(StoreOpenError) {
        let settings = try DriverSettings(url: url, environment: environment)
        driver = try Driver(settings)
        requests = TableRequests(table: settings.address.table)
        schema = TableSchema(steps: steps)
    }

    package func status() throws(MigrationError) -> [MigrationState] {
        let applied = try appliedSteps()
        let known = schema.steps.map { step in
            let match = applied.first { $0.name == step.name }
            return MigrationState(
                name: step.name, appliedAt: match?.appliedAt,
                hasDrifted: match.map { $0.checksum != step.checksum } ?? false, isKnown: true)
        }
        let foreign = applied.filter { step in !schema.steps.contains { $0.name == step.name } }
        return known
            + foreign.map { MigrationState(name: $0.name, appliedAt: $0.appliedAt, hasDrifted: false, isKnown: false) }
    }

    package func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        var applied = try appliedSteps()
        try refuseDrift(applied)
        for step in schema.steps.dropFirst(applied.count).prefix(count ?? .max) {
            progress(.begins(step.name))
            try createTable(step)
            applied.append(
                AppliedStep(name: step.name, checksum: step.checksum, appliedAt: driver.settings.now()))
            let request = requests.request(.putItem) { writer in
                writer.key("Item")
                writer.object { TableSchema.write(applied, to: &$0) }
            }
            _ = try run(request, step.name)
            progress(.ended(step.name))
        }
    }

    package func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        let applied = try appliedSteps()
        try refuseDrift(applied)
        guard count > 0, let step = applied.last else { return }
        progress(.begins(step.name))
        _ = try run(requests.request(.deleteTable) { _ in }, step.name)
        try waitForTable(step.name) { $0 == nil }
        progress(.ended(step.name))
    }

    private func refuseDrift(_ applied: [AppliedStep]) throws(MigrationError) {
        for (index, step) in applied.enumerated() {
            guard index < schema.steps.count, schema.steps[index].name == step.name else {
                throw .unknownStep(.b, step: step.name)
            }
            guard schema.steps[index].checksum == step.checksum else { throw .drifted(.b, step: step.name) }
        }
    }

    /// Another migrator may make the table at the same moment: one of them does, and both find what they want.
    private func createTable(_ step: MigrationStep) throws(MigrationError) {
        if try tableStatus(step.name) == nil {
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
                throw .failed(.b, step: step.name, reason: failure.fault.description)
            }
        }
        try waitForTable(step.name) { $0 == "ACTIVE" }
    }

    private func waitForTable(_ step: String, _ isDone: (String?) -> Bool) throws(MigrationError) {
        for _ in 0..<looks.count {
            if isDone(try tableStatus(step)) { return }
            usleep(UInt32(looks.milliseconds) * 1000)
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
        switch driver.runBlocking(requests.get(TableSchema.key)) {
        case .answered(let body):
            do throws(DynamoDBFault) {
                return try TableSchema.appliedSteps(body)
            } catch {
                throw .unreachable(.b, reason: error.description)
            }
        case .failed(let failure) where failure.fault == .tableMissing:
            return []
        case .failed(let failure):
            throw .unreachable(.b, reason: failure.fault.description)
        case .conditionFailed:
            throw .unreachable(.b, reason: DynamoDBFault.unreadable.description)
        }
    }

    /// Sends a request of a step; nil when it fails for the reason that `absent` names.
    private func run(
        _ request: APIRequest, _ step: String, absent: DynamoDBFault? = nil
    ) throws(MigrationError) -> [UInt8]? {
        switch driver.runBlocking(request) {
        case .answered(let body): return body
        case .failed(let failure) where failure.fault == absent: return nil
        case .failed(let failure): throw .failed(.b, step: step, reason: failure.fault.description)
        case .conditionFailed: throw .failed(.b, step: step, reason: DynamoDBFault.requestRefused.description)
        }
    }
}
