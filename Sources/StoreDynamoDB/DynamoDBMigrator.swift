import Bureau
import Glibc
import JSON
import Repositories

/// Creates, changes and deletes the table: each step's `up` is the JSON of a `CreateTable` or an `UpdateTimeToLive`
/// request without the table's name. An empty object changes nothing, and keeps a former program from items in a form
/// that it does not know.
///
/// An item of the table remembers the applied steps, another that the table was made empty. The way down of the first
/// step deletes the table with all that is in it.
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
            switch step.kind {
            case .table: try createTable(step)
            case .timeToLive: try setTimeToLive(step)
            case .format: break
            }
            applied.append(AppliedStep(name: step.name, checksum: step.checksum, appliedAt: driver.settings.now()))
            try note(applied, step.name)
            progress(.ended(step.name))
        }
    }

    package func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        var applied = try appliedSteps()
        for step in try schema.plan(applied).stepsDown(count, of: .b) {
            progress(.begins(step.name))
            if step.kind == .table {
                _ = try run(requests.request(.deleteTable) { _ in }, step.name)
                try waitForTable(step.name) { $0 == nil }
                // With the table go all its steps.
                return progress(.ended(step.name))
            }
            if let loss = try step.kind == .format ? sealedLoss(step.name) : loss(step.name) {
                throw .failed(.b, step: step.name, reason: loss)
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

    /// The request of a step.
    private func change(_ step: MigrationStep) throws(MigrationError) -> APIRequest {
        let operation: Operation = step.kind == .table ? .createTable : .updateTimeToLive
        let request = try? withObject(in: Array(step.up.utf8)) { (value) throws(MalformedItem) in
            requests.request(operation) { writer in
                for member in value.members {
                    writer.key(member.key.string ?? "")
                    writer.value(member.value)
                }
            }
        }
        guard let request else { throw .failed(.b, step: step.name, reason: "the file is no JSON object") }
        return request
    }
    /// Creates the table and waits until it is active. Another migrator may create it at the same moment.
    private func createTable(_ step: MigrationStep) throws(MigrationError) {
        let isNew = try tableStatus(step.name) == nil
        if isNew {
            let request = try change(step)
            if case .failed(let failure) = driver.runBlocking(request), failure.fault != .tableExists {
                throw .failed(.b, step: step.name, reason: failure.reason.description)
            }
        }
        try waitForTable(step.name) { $0 == "ACTIVE" }
        if isNew, case .failed(let failure) = driver.runBlocking(requests.putEmptyKeyRing()) {
            throw .failed(.b, step: step.name, reason: failure.reason.description)
        }
    }

    /// Has the server delete items that have expired. A server that cannot do so keeps them, which does no harm: they
    /// are deleted with their profile.
    private func setTimeToLive(_ step: MigrationStep) throws(MigrationError) {
        let outcome = driver.runBlocking(try change(step))
        if case .failed(let failure) = outcome, failure.fault != .requestRefused {
            throw .failed(.b, step: step.name, reason: "\(failure.reason). \(failure.fault.remedy)")
        }
    }

    /// What the table would lose by going back to a program that knows no receipts; nil when nothing.
    private func loss(_ step: String) throws(MigrationError) -> String? {
        let weekAgo = driver.settings.now().microsecondsSinceEpoch - 7 * 86_400_000_000
        var versions = 0
        var addresses = 0
        var writes = 0
        var request: APIRequest? = requests.scanForRepeats()
        while let next = request {
            guard let body = try run(next, step) else { break }
            let page = try? withObject(in: body) { (answer) throws(MalformedItem) in
                for item in (answer["Items"].map { $0.elements.map(ItemReader.init) } ?? []) {
                    if let at: Int64 = try item.integerIfAny("writtenAt") {
                        if at > weekAgo { writes += 1 }
                        continue
                    }
                    if !ProfileItem.isPresent(item) { versions += 1 }
                    if ProfileItem.isPresent(item), let layout: Int64 = try item.integerIfAny("addressLayout"),
                        layout > 1
                    {
                        addresses += 1
                    }
                    guard let token = SubjectToken(bytes: try item.bytes("pk")) else { throw MalformedItem() }
                    writes += try ProfileReceipts(item, token).entries
                        .count { $0.receipt.at.microsecondsSinceEpoch > weekAgo }
                }
                return (following: answer["LastEvaluatedKey"].map { requests.scanForRepeats(from: $0) }, ())
            }
            guard let page else { throw .failed(.b, step: step, reason: DynamoDBFault.itemDamaged.description) }
            request = page.following
        }
        let losses = [
            versions == 0 ? nil : "versions of deleted profiles: \(versions)",
            addresses == 0 ? nil : "profiles with an address that the former program cannot read: \(addresses)",
            writes == 0 ? nil : "receipts of repeatable writes that are younger than 7 days: \(writes)",
        ].compactMap(\.self)
        return losses.isEmpty ? nil : "this would be lost: \(losses.joined(separator: ", "))"
    }

    /// What a program that knows only the first format of sealed values could not read; nil when nothing.
    private func sealedLoss(_ step: String) throws(MigrationError) -> String? {
        var profiles = 0
        var request: APIRequest? = requests.scanForAddresses()
        while let next = request {
            guard let body = try run(next, step) else { break }
            let page = try? withObject(in: body) { (answer) throws(MalformedItem) in
                for item in (answer["Items"].map { $0.elements.map(ItemReader.init) } ?? []) {
                    if let format = try item.bytesIfAny("address")?.first, format > 1 { profiles += 1 }
                }
                return (following: answer["LastEvaluatedKey"].map { requests.scanForAddresses(from: $0) }, ())
            }
            guard let page else { throw .failed(.b, step: step, reason: DynamoDBFault.itemDamaged.description) }
            request = page.following
        }
        if profiles == 0 { return nil }
        return "this would be lost: profiles sealed in a form that the former program cannot read: \(profiles)"
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

extension MigrationStep {
    fileprivate enum Kind {
        case table
        case timeToLive
        /// The items have another form, and the table stays as it is.
        case format
    }

    fileprivate var kind: Kind {
        let kind = try? withObject(in: Array(up.utf8)) { (value) throws(MalformedItem) -> Kind in
            if value["KeySchema"] != nil { return .table }
            return value["TimeToLiveSpecification"] != nil ? .timeToLive : .format
        }
        return kind ?? .table
    }
}

extension TableRequests {
    /// Looks for the sealed values of profiles.
    fileprivate func scanForAddresses(from start: Value? = nil) -> APIRequest {
        request(.scan) { writer in
            writer.member("FilterExpression", "sk = :profile AND attribute_exists(address)")
            writer.object("ExpressionAttributeValues") { $0.text(":profile", ItemKey.profile) }
            writer.member("ProjectionExpression", "address")
            if let start {
                writer.key("ExclusiveStartKey")
                writer.value(start)
            }
            writer.member("ConsistentRead", true)
        }
    }

    /// Looks for what outlives profiles and answers repeats.
    ///
    /// - Parameter start: the object `LastEvaluatedKey` of the previous response.
    fileprivate func scanForRepeats(from start: Value? = nil) -> APIRequest {
        request(.scan) { writer in
            writer.member(
                "FilterExpression",
                "(sk = :profile AND attribute_not_exists(life)) OR attribute_exists(receipts) OR "
                    + "attribute_exists(writtenAt) OR addressLayout > :former")
            writer.object("ExpressionAttributeValues") { values in
                values.text(":profile", ItemKey.profile)
                values.decimal(":former", 1)
            }
            writer.member("ProjectionExpression", "pk, life, receipts, writtenAt, addressLayout")
            if let start {
                writer.key("ExclusiveStartKey")
                writer.value(start)
            }
            writer.member("ConsistentRead", true)
        }
    }
}
