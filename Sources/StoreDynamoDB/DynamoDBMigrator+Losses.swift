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
        case .hiddenTimes: try hiddenLoss(step.name)
        case .hiddenScores: try hiddenScoreLoss(step.name)
        }
    }

    /// How many scores the table of scores has; nil when none.
    private func scoreLoss(_ step: String) throws(MigrationError) -> String? {
        Self.loss([
            ("scores with their inputs", try count(requests.ofScores.countScores, step, absent: .tableMissing))
        ])
    }

    /// How many profiles have times that a program which knows no hidden ones would give out; nil when none.
    private func hiddenLoss(_ step: String) throws(MigrationError) -> String? {
        Self.loss([("profiles with hidden times", try count(requests.countHiddenTimes, step))])
    }

    /// How many scores, and receipts of scores, a program that knows no hidden ones could not read; nil when none.
    private func hiddenScoreLoss(_ step: String) throws(MigrationError) -> String? {
        var scores = 0
        var receipts = 0
        try scanItems(requests.ofScores.scanForScoreIDs, step) { (item) throws(MalformedItem) in
            if try ItemKey(item).isReceipt {
                if try item.recordID("scoreId").isHidden { receipts += 1 }
            } else if try ScoreItem.scoreID(item).isHidden {
                scores += 1
            }
        }
        return Self.loss([
            ("scores with hidden times", scores), ("receipts of scores with hidden times", receipts),
        ])
    }

    /// Names what would be lost, with how many there are; nil when there is nothing.
    private static func loss(_ counts: [(what: String, number: Int)]) -> String? {
        let losses = counts.filter { $0.number > 0 }.map { "\($0.what): \($0.number)" }
        return losses.isEmpty ? nil : "this would be lost: \(losses.joined(separator: ", "))"
    }

    private func count(
        _ request: (Value?) -> APIRequest, _ step: String, absent: DynamoDBFault? = nil
    ) throws(MigrationError) -> Int {
        var count = 0
        try scan(request, step, absent: absent) { (answer) throws(MalformedItem) in
            guard let part = answer["Count"]?.int64 else { throw MalformedItem() }
            count += Int(part)
        }
        return count
    }

    /// What the table would lose by going back to a program that knows no receipts; nil when nothing.
    private func receiptLoss(_ step: String) throws(MigrationError) -> String? {
        let weekAgo = driver.settings.now().microsecondsSinceEpoch - 7 * 86_400_000_000
        var versions = 0
        var addresses = 0
        var writes = 0
        try scanItems(requests.scanForRepeats, step) { (item) throws(MalformedItem) in
            if let at: Int64 = try item.integerIfAny("writtenAt") {
                if at > weekAgo { writes += 1 }
                return
            }
            if !ProfileItem.isPresent(item) {
                versions += 1
            } else if let layout: Int64 = try item.integerIfAny("addressLayout"), layout > 1 {
                addresses += 1
            }
            guard let token = SubjectToken(bytes: try item.bytes("pk")) else { throw MalformedItem() }
            writes += try ProfileReceipts(item, token).entries
                .count { $0.receipt.at.microsecondsSinceEpoch > weekAgo }
        }
        return Self.loss([
            ("versions of deleted profiles", versions),
            ("profiles with an address that the former program cannot read", addresses),
            ("receipts of repeatable writes that are younger than 7 days", writes),
        ])
    }

    /// What a program that knows only the first format of sealed values could not read; nil when nothing.
    private func sealedLoss(_ step: String) throws(MigrationError) -> String? {
        var profiles = 0
        try scanItems(requests.scanForAddresses, step) { (item) throws(MalformedItem) in
            if let format = try item.bytesIfAny("address")?.first, format > 1 { profiles += 1 }
        }
        return Self.loss([("profiles sealed in a form that the former program cannot read", profiles)])
    }

    /// Gives each item of a scan to `take`.
    private func scanItems(
        _ request: (Value?) -> APIRequest, _ step: String, _ take: (ItemReader) throws(MalformedItem) -> Void
    ) throws(MigrationError) {
        try scan(request, step) { (answer) throws(MalformedItem) in
            for item in (answer["Items"].map { $0.elements.map(ItemReader.init) } ?? []) { try take(item) }
        }
    }

    /// Gives each page of a scan to `take`. `request` makes the request of a page from the `LastEvaluatedKey` of the
    /// page before; a table whose absence is the fault `absent` has no pages.
    private func scan(
        _ request: (Value?) -> APIRequest, _ step: String, absent: DynamoDBFault? = nil,
        _ take: (Value) throws(MalformedItem) -> Void
    ) throws(MigrationError) {
        var following: APIRequest? = request(nil)
        while let next = following {
            guard let body = try run(next, step, absent: absent) else { return }
            let page = try? withObject(in: body) { (answer) throws(MalformedItem) in
                try take(answer)
                return (following: answer["LastEvaluatedKey"].map(request), ())
            }
            guard let page else { throw .failed(.b, step: step, reason: DynamoDBFault.itemDamaged.description) }
            following = page.following
        }
    }
}

extension TableRequests {
    /// Counts the scores of the table.
    fileprivate func countScores(from start: Value?) -> APIRequest {
        request(.scan) { writer in
            writer.member("FilterExpression", "begins_with(sk, :score)")
            writer.object("ExpressionAttributeValues") { $0.text(":score", ItemKey.scorePrefix) }
            writer.member("Select", "COUNT")
            writer.goOn(from: start)
        }
    }

    /// Reads the identifiers of scores and of those that receipts are of.
    fileprivate func scanForScoreIDs(from start: Value?) -> APIRequest {
        request(.scan) { writer in
            writer.member("FilterExpression", "begins_with(sk, :score) OR begins_with(sk, :receipt)")
            writer.object("ExpressionAttributeValues") { values in
                values.text(":score", ItemKey.scorePrefix)
                values.text(":receipt", ItemKey.receiptPrefix)
            }
            writer.member("ProjectionExpression", "pk, sk, scoreId")
            writer.goOn(from: start)
        }
    }

    /// Counts the profiles with hidden times.
    fileprivate func countHiddenTimes(from start: Value?) -> APIRequest {
        request(.scan) { writer in
            writer.member("FilterExpression", "sk = :profile AND (createdAt > :clear OR updatedAt > :clear)")
            writer.object("ExpressionAttributeValues") { values in
                values.text(":profile", ItemKey.profile)
                values.decimal(":clear", RowTimes.start - 1)
            }
            writer.member("Select", "COUNT")
            writer.goOn(from: start)
        }
    }

    /// Looks for the sealed values of profiles.
    fileprivate func scanForAddresses(from start: Value?) -> APIRequest {
        request(.scan) { writer in
            writer.member("FilterExpression", "sk = :profile AND attribute_exists(address)")
            writer.object("ExpressionAttributeValues") { $0.text(":profile", ItemKey.profile) }
            writer.member("ProjectionExpression", "address")
            writer.goOn(from: start)
        }
    }

    /// Looks for what outlives profiles and answers repeats.
    ///
    /// - Parameter start: the object `LastEvaluatedKey` of the previous response.
    fileprivate func scanForRepeats(from start: Value?) -> APIRequest {
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
            writer.goOn(from: start)
        }
    }
}

extension Writer {
    /// Appends from where a scan of what is written by now goes on.
    fileprivate mutating func goOn(from start: Value?) {
        if let start {
            key("ExclusiveStartKey")
            value(start)
        }
        member("ConsistentRead", true)
    }
}
