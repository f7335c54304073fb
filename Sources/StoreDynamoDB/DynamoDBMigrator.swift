import Bureau
import Glibc
import JSON
import Repositories

/// Creates, changes and deletes the tables: each step's `up` is the JSON of a `CreateTable` or an `UpdateTimeToLive`
/// request without the table's name. An object with `TableSuffix` has both requests for a further table, whose name
/// ends so. An empty object, and one with `HiddenTimes` or `HiddenScores`, changes nothing, and keeps a former program
/// from items in a form that it does not know.
///
/// An item of the table remembers the applied steps, another that the table was made empty. The way down of the first
/// step deletes the table with all that is in it.
public final class DynamoDBMigrator: Migrator {
    let driver: Driver
    let requests: TableRequests
    private let schema: TableSchema
    /// How often the status of a table that is being made is asked for, and the pause between two questions.
    private let polling = (count: 240, pauseMilliseconds: 250)

    /// Takes the same URL, steps and environment as ``DynamoDBProfileStore``. Sends nothing yet.
    public init(url: String, steps: [MigrationStep], environment: [String: String]) throws(StoreOpenError) {
        let settings = try DriverSettings(url: url, environment: environment)
        driver = try Driver(settings)
        requests = TableRequests(table: settings.address.table)
        schema = TableSchema(steps: steps)
    }

    public func status() throws(MigrationError) -> [MigrationState] {
        schema.plan(try appliedSteps()).states
    }

    public func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        var applied = try appliedSteps()
        for step in try schema.plan(applied).stepsUp(count, of: .b) {
            progress(.begins(step.name))
            switch step.kind {
            case .table: try createTable(step)
            case .timeToLive: try setTimeToLive(change(step), step)
            case .scores: try createScores(step)
            case .format, .hiddenTimes, .hiddenScores: break
            }
            applied.append(AppliedStep(name: step.name, checksum: step.checksum, appliedAt: driver.settings.now()))
            try note(applied, step.name)
            progress(.ended(step.name))
        }
    }

    public func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        var applied = try appliedSteps()
        for step in try schema.plan(applied).stepsDown(count, of: .b) {
            progress(.begins(step.name))
            if let loss = try loss(of: step) { throw .failed(.b, step: step.name, reason: loss) }
            switch step.kind {
            case .table:
                try deleteTable(requests, step)
                // With the table go all its steps.
                return progress(.ended(step.name))
            case .scores: try deleteTable(requests.ofScores, step)
            case .timeToLive, .format, .hiddenTimes, .hiddenScores: break
            }
            applied.removeAll { $0.name == step.name }
            try note(applied, step.name)
            progress(.ended(step.name))
        }
    }

    /// Remembers the applied steps.
    private func note(_ applied: [AppliedStep], _ step: String) throws(MigrationError) {
        let request = requests.request(.putItem) { writer in
            writer.object("Item") { TableSchema.write(applied, to: &$0) }
        }
        _ = try run(request, step)
    }

    /// The request of a step for the first table.
    private func change(_ step: MigrationStep) throws(MigrationError) -> APIRequest {
        let operation: Operation = step.kind == .table ? .createTable : .updateTimeToLive
        return try request(operation, of: step) { (value) throws(MalformedItem) in (requests, value) }
    }

    /// A request with the members of an object of the step's file, for the table that goes with it.
    private func request(
        _ operation: Operation, of step: MigrationStep,
        _ part: (Value) throws(MalformedItem) -> (TableRequests, Value)
    ) throws(MigrationError) -> APIRequest {
        let request = try? withObject(in: Array(step.up.utf8)) { (value) throws(MalformedItem) in
            let (requests, members) = try part(value)
            return requests.request(operation) { writer in
                for member in members.members {
                    writer.key(member.key.string ?? "")
                    writer.value(member.value)
                }
            }
        }
        guard let request else { throw .failed(.b, step: step.name, reason: "the file is no JSON object") }
        return request
    }

    /// Creates the table of scores, whose items expire.
    private func createScores(_ step: MigrationStep) throws(MigrationError) {
        func change(_ operation: Operation, _ member: StaticString) throws(MigrationError) -> APIRequest {
            try request(operation, of: step) { (value) throws(MalformedItem) in
                guard let members = value[member], value["TableSuffix"]?.string == ".scores" else {
                    throw MalformedItem()
                }
                return (requests.ofScores, members)
            }
        }
        _ = try create(requests.ofScores, by: change(.createTable, "CreateTable"), step)
        try setTimeToLive(change(.updateTimeToLive, "UpdateTimeToLive"), step)
    }

    /// Creates a table unless it is there, waits until it is active, and returns whether it was not there. Another
    /// migrator may create it at the same moment.
    private func create(
        _ requests: TableRequests, by creation: APIRequest, _ step: MigrationStep
    ) throws(MigrationError) -> Bool {
        let isNew = try tableStatus(requests, step.name) == nil
        if isNew, case .failed(let failure) = driver.runBlocking(creation), failure.fault != .tableExists {
            throw .failed(.b, step: step.name, reason: failure.reason.description)
        }
        try waitForTable(requests, step.name) { $0 == "ACTIVE" }
        return isNew
    }

    private func deleteTable(_ requests: TableRequests, _ step: MigrationStep) throws(MigrationError) {
        _ = try run(requests.request(.deleteTable) { _ in }, step.name, absent: .tableMissing)
        try waitForTable(requests, step.name) { $0 == nil }
    }

    /// Creates the first table, and notes that it was made empty.
    private func createTable(_ step: MigrationStep) throws(MigrationError) {
        let isNew = try create(requests, by: change(step), step)
        if isNew, case .failed(let failure) = driver.runBlocking(requests.putEmptyKeyRing()) {
            throw .failed(.b, step: step.name, reason: failure.reason.description)
        }
    }

    /// Has the server delete items that have expired. A server that cannot do so keeps them, which does no harm: they
    /// are deleted with their profile.
    private func setTimeToLive(_ change: APIRequest, _ step: MigrationStep) throws(MigrationError) {
        let outcome = driver.runBlocking(change)
        if case .failed(let failure) = outcome, failure.fault != .requestRefused {
            throw .failed(.b, step: step.name, reason: "\(failure.reason). \(failure.fault.remedy)")
        }
    }

    private func waitForTable(
        _ requests: TableRequests, _ step: String, _ isDone: (String?) -> Bool
    ) throws(MigrationError) {
        for _ in 0..<polling.count {
            if isDone(try tableStatus(requests, step)) { return }
            usleep(UInt32(polling.pauseMilliseconds) * 1000)
        }
        throw .failed(.b, step: step, reason: "the table takes longer than a minute")
    }

    /// `CREATING`, `ACTIVE` and the like; nil when there is no table.
    private func tableStatus(_ requests: TableRequests, _ step: String) throws(MigrationError) -> String? {
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
    func run(
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

extension MigrationStep {
    enum Kind {
        case table
        case timeToLive
        /// A table of its own for scores.
        case scores
        /// The items have another form, and the table stays as it is.
        case format
        /// The same for the times of profiles.
        case hiddenTimes
        /// The same for scores and their receipts.
        case hiddenScores
    }

    var kind: Kind {
        let kind = try? withObject(in: Array(up.utf8)) { (value) throws(MalformedItem) -> Kind in
            if value["KeySchema"] != nil { return .table }
            if value["TableSuffix"] != nil { return .scores }
            if value["HiddenTimes"] != nil { return .hiddenTimes }
            if value["HiddenScores"] != nil { return .hiddenScores }
            return value["TimeToLiveSpecification"] != nil ? .timeToLive : .format
        }
        return kind ?? .table
    }
}
