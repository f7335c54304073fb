import Bureau
import JSON
import Repositories

/// Makes the requests for one table. Each condition is on a single item, so that every server of the API supports it.
struct TableRequests: Sendable {
    /// The limits of the API for one request.
    static let keysOfGet = 100
    static let itemsOfWrite = 25

    let table: String

    /// The requests for the table of scores that belongs to this one.
    var ofScores: TableRequests { TableRequests(table: table + ".scores") }

    /// Inserts or replaces a profile and increments its version without reading it.
    func put(_ put: ProfilePut, _ write: WriteID) -> APIRequest {
        self.put(put, write, condition: .version(put.expectedVersion), receipts: nil)
    }

    /// Writes a profile over the state that was read, with the receipts that stand afterwards.
    func put(_ put: ProfilePut, _ write: WriteID, over state: ItemState?, _ receipts: ProfileReceipts) -> APIRequest {
        self.put(put, write, condition: .state(state), receipts: receipts)
    }

    private func put(
        _ put: ProfilePut, _ write: WriteID, condition: WriteCondition, receipts: ProfileReceipts?
    ) -> APIRequest {
        request(.updateItem, reserving: 2048) { writer in
            key(.profile(of: put.content.token), to: &writer)
            let kept = receipts == nil ? "" : ", receipts = :receipts"
            let housing = put.content.housing == nil ? " REMOVE housing" : ", housing = :housing"
            writer.member("UpdateExpression", Self.replacement + kept + housing)
            condition.write(to: &writer)
            writer.object("ExpressionAttributeValues") { writer in
                ProfileItem.write(put, write, to: &writer)
                receipts?.write(as: ":receipts", to: &writer)
                condition.writeValues(to: &writer)
            }
            // The new version is known when a version is expected, or the item was read. After none it goes on from
            // that of a deleted profile.
            let isKnown = condition != .version(nil) && condition != .version(0)
            writer.member("ReturnValues", isKnown ? "NONE" : "UPDATED_NEW")
        }
    }

    private static let replacement = """
        SET version = if_not_exists(version, :zero) + :one, createdAt = if_not_exists(createdAt, :created), \
        life = if_not_exists(life, :write), lastWrite = :write, updatedAt = :updated, dataKey = :dataKey, \
        birthDate = :birthDate, address = :address, addressLayout = :layout, assets = :assets, incomeSources = :incomeSources
        """

    /// Takes everything of a profile out of its item but the version.
    func delete(_ deletion: ProfileDeletion, _ write: WriteID) -> APIRequest {
        delete(deletion, write, condition: .present(deletion.expectedVersion), receipts: nil)
    }

    /// Deletes the profile in the state that was read, and leaves the receipts that stand afterwards.
    func delete(
        _ deletion: ProfileDeletion, _ write: WriteID, over state: ItemState?, _ receipts: ProfileReceipts
    ) -> APIRequest {
        delete(deletion, write, condition: .state(state), receipts: receipts)
    }

    private func delete(
        _ deletion: ProfileDeletion, _ write: WriteID, condition: WriteCondition, receipts: ProfileReceipts?
    ) -> APIRequest {
        request(.updateItem) { writer in
            key(.profile(of: deletion.token), to: &writer)
            let kept = receipts == nil ? "" : ", receipts = :receipts"
            writer.member("UpdateExpression", "SET lastWrite = :write\(kept) \(Self.removal)")
            condition.write(to: &writer)
            writer.object("ExpressionAttributeValues") { writer in
                writer.binary(":write", write.bytes)
                receipts?.write(as: ":receipts", to: &writer)
                condition.writeValues(to: &writer)
            }
            writer.member("ReturnValues", "ALL_NEW")
        }
    }

    static let removal =
        "REMOVE life, createdAt, updatedAt, dataKey, birthDate, housing, address, assets, incomeSources"

    /// Reads one item, or only the attributes that `projection` names.
    func get(_ itemKey: ItemKey, projection: String? = nil) -> APIRequest {
        request(.getItem) { writer in
            key(itemKey, to: &writer)
            writer.member("ProjectionExpression", projection)
            writer.member("ConsistentRead", true)
        }
    }

    /// Makes a request with the table's name and the members that `body` writes.
    func request(_ operation: Operation, reserving capacity: Int = 512, _ body: (inout Writer) -> Void) -> APIRequest {
        APIRequest(operation, reserving: capacity) { writer in
            writer.member("TableName", table)
            body(&writer)
        }
    }

    func key(_ key: ItemKey, to writer: inout Writer) {
        writer.object("Key") { key.write(to: &$0) }
    }
}

/// What has to hold of a profile's item for a write to take effect.
enum WriteCondition: Equatable {
    /// The expected version, 0 for no profile; nil for any.
    case version(Int64?)
    /// A profile, of the expected version if one is given.
    case present(Int64?)
    /// The item as it was read; nil for none.
    case state(ItemState?)

    func write(to writer: inout Writer) {
        writer.member("ConditionExpression", expression)
        writer.member("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
    }

    /// Writes the expression values that the condition refers to.
    func writeValues(to writer: inout Writer) {
        switch self {
        case .version(let expected): writer.decimal(":expected", expected == 0 ? nil : expected)
        case .present(let expected): writer.decimal(":expected", expected)
        case .state(let state): writer.binary(":seen", state?.lastWrite.bytes)
        }
    }

    /// The item of an erased subject fulfils none: it has a version and no life.
    private var expression: String {
        switch self {
        case .version(nil): "attribute_not_exists(erased)"
        case .version(0): "attribute_not_exists(life) AND attribute_not_exists(erased)"
        case .version, .present(_?): "version = :expected AND attribute_exists(life)"
        case .present(nil): "attribute_exists(life)"
        case .state(nil): "attribute_not_exists(version)"
        case .state: "lastWrite = :seen"
        }
    }
}

/// Requests of many items.
extension TableRequests {
    /// Reads profiles, at most ``keysOfGet`` different ones.
    func get(
        _ tokens: some Sequence<SubjectToken>, projection: String? = nil, isMetered: Bool = false
    ) -> APIRequest {
        batchGet(tokens.lazy.map(ItemKey.profile(of:)), projection: projection, isMetered: isMetered)
    }

    /// Reads items by their keys; the answer to a metered request tells what it has cost.
    func batchGet(
        _ keys: some Sequence<ItemKey>, projection: String? = nil, isMetered: Bool = false
    ) -> APIRequest {
        batch(.batchGetItem, reserving: 8192, isMetered: isMetered) { writer in
            writer.object { writer in
                writer.key("Keys")
                writer.array { writer in
                    for key in keys {
                        writer.object { key.write(to: &$0) }
                    }
                }
                writer.member("ProjectionExpression", projection)
                writer.member("ConsistentRead", true)
            }
        }
    }

    /// Writes at most ``itemsOfWrite`` scores with different keys, each with the life of its profile.
    func put(_ scores: some Sequence<LivingScore>) -> APIRequest {
        batch(.batchWriteItem, reserving: 16384) { writer in
            writer.array { writer in
                for score in scores {
                    change("PutRequest", "Item", in: &writer) { ScoreItem.write(score, to: &$0) }
                }
            }
        }
    }

    /// Deletes at most ``itemsOfWrite`` items with different keys.
    func delete(_ keys: some Sequence<ItemKey>) -> APIRequest {
        batch(.batchWriteItem, reserving: 4096) { writer in
            writer.array { writer in
                for key in keys {
                    change("DeleteRequest", "Key", in: &writer) { key.write(to: &$0) }
                }
            }
        }
    }

    func batch(
        _ operation: Operation, reserving capacity: Int, isMetered: Bool = false, _ body: (inout Writer) -> Void
    ) -> APIRequest {
        APIRequest(operation, reserving: capacity) { writer in
            writer.object("RequestItems") { writer in
                writer.key(table)
                body(&writer)
            }
            if isMetered { writer.member("ReturnConsumedCapacity", "TOTAL") }
        }
    }

    private func change(
        _ kind: StaticString, _ member: StaticString, in writer: inout Writer, _ body: (inout Writer) -> Void
    ) {
        writer.object { writer in
            writer.object(kind) { $0.object(member, body) }
        }
    }
}
