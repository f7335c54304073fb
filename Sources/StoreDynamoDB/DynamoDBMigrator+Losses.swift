import Bureau
import JSON
import Repositories

/// What the way down of a step would lose.
extension DynamoDBMigrator {
    /// What would be lost by taking a step back; nil when nothing, and of the first step, with which all goes.
    func loss(of step: MigrationStep) throws(MigrationError) -> String? {
        switch step.kind {
        case .table: nil
        case .timeToLive: try receiptLoss(step.name)
        case .scores: try scoreLoss(step.name)
        case .format: try sealedLoss(step.name)
        }
    }

    /// How many scores the table of scores has; nil when none.
    private func scoreLoss(_ step: String) throws(MigrationError) -> String? {
        var scores: Int64 = 0
        var request: APIRequest? = requests.ofScores.countScores()
        while let next = request {
            guard let body = try run(next, step, absent: .tableMissing) else { break }
            let page = try? withObject(in: body) { (answer) throws(MalformedItem) in
                guard let count = answer["Count"]?.int64 else { throw MalformedItem() }
                scores += count
                return (following: answer["LastEvaluatedKey"].map { requests.ofScores.countScores(from: $0) }, ())
            }
            guard let page else { throw .failed(.b, step: step, reason: DynamoDBFault.itemDamaged.description) }
            request = page.following
        }
        return scores == 0 ? nil : "this would be lost: scores with their inputs: \(scores)"
    }

    /// What the table would lose by going back to a program that knows no receipts; nil when nothing.
    private func receiptLoss(_ step: String) throws(MigrationError) -> String? {
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
}

extension TableRequests {
    /// Counts the scores of the table.
    fileprivate func countScores(from start: Value? = nil) -> APIRequest {
        request(.scan) { writer in
            writer.member("FilterExpression", "begins_with(sk, :score)")
            writer.object("ExpressionAttributeValues") { $0.text(":score", ItemKey.scorePrefix) }
            writer.member("Select", "COUNT")
            if let start {
                writer.key("ExclusiveStartKey")
                writer.value(start)
            }
            writer.member("ConsistentRead", true)
        }
    }

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
