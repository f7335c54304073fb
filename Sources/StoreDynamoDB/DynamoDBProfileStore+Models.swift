import Bureau
import JSON
import Repositories

/// The register of scorecards: items of one partition in the table of scores.
extension DynamoDBProfileStore {
    public func register(_ models: [RegisteredModel]) async throws(StoreError) -> [RegisteredModel] {
        // Nearly every start finds its cards in the register.
        let entered = try await self.models()
        let known = models.compactMap { model in
            entered.first { $0.name == model.name && $0.version == model.version }
        }
        if known.count == models.count { return known }
        var standing: [RegisteredModel] = []
        for outcome in await driver.run(models.map(scoreRequests.register), isCancellable: false) {
            guard case .answered(let body) = outcome else { throw outcome.failure.storeError() }
            do throws(MalformedItem) {
                try withObject(in: body) { (answer) throws(MalformedItem) in
                    guard let item = answer["Attributes"] else { throw MalformedItem() }
                    standing.append(try ModelItem.model(ItemReader(members: item)))
                }
            } catch {
                throw .corrupt(.b)
            }
        }
        return standing
    }

    public func models() async throws(StoreError) -> [RegisteredModel] {
        var models: [RegisteredModel] = []
        var request: APIRequest? = scoreRequests.models()
        while let next = request {
            request = try await answered(next) { (answer) throws(MalformedItem) in
                for item in (answer["Items"].map { $0.elements.map(ItemReader.init) } ?? []) {
                    models.append(try ModelItem.model(item))
                }
                return answer["LastEvaluatedKey"].map { scoreRequests.models(from: $0) }
            }
        }
        return models
    }
}

/// An entry of the register as an item.
enum ModelItem {
    /// No token has its 14 bytes.
    static let partition = Array("creditd-models".utf8)

    static func key(_ model: RegisteredModel) -> ItemKey {
        let digits = String(model.version)
        let padding = String(repeating: "0", count: max(0, 19 - digits.utf8.count))
        return ItemKey(partition: partition, sort: "\(model.name)#\(padding)\(digits)")
    }

    static func model(_ item: ItemReader) throws(MalformedItem) -> RegisteredModel {
        RegisteredModel(
            name: try item.text("model"), version: try item.integer("modelVersion"),
            hash: try item.bytes("cardHash"), card: try item.bytes("card"))
    }
}

extension TableRequests {
    /// Enters a card, unless there is one under its name and version, and asks for what stands.
    fileprivate func register(_ model: RegisteredModel) -> APIRequest {
        request(.updateItem, reserving: 16384) { writer in
            key(ModelItem.key(model), to: &writer)
            writer.member(
                "UpdateExpression",
                """
                SET model = if_not_exists(model, :model), modelVersion = if_not_exists(modelVersion, :version), \
                cardHash = if_not_exists(cardHash, :hash), card = if_not_exists(card, :card)
                """)
            writer.object("ExpressionAttributeValues") { values in
                values.text(":model", model.name)
                values.decimal(":version", model.version)
                values.binary(":hash", model.hash)
                values.binary(":card", model.card)
            }
            writer.member("ReturnValues", "ALL_NEW")
        }
    }

    /// Queries the register.
    ///
    /// - Parameter start: the object `LastEvaluatedKey` of the previous response.
    fileprivate func models(from start: Value? = nil) -> APIRequest {
        request(.query) { writer in
            writer.member("KeyConditionExpression", "pk = :models")
            writer.object("ExpressionAttributeValues") { $0.binary(":models", ModelItem.partition) }
            if let start {
                writer.key("ExclusiveStartKey")
                writer.value(start)
            }
            writer.member("ConsistentRead", true)
        }
    }
}
