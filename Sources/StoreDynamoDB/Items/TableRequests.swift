import Bureau
import JSON
import Repositories

/// Makes the requests for one table. Each condition is on a single item, so that every server of the API supports it.
struct TableRequests: Sendable {
    /// The limits of the API for one request.
    static let keysOfGet = 100
    static let itemsOfWrite = 25

    let table: String

    /// Inserts or replaces a profile and increments its version without reading it.
    func put(_ put: ProfilePut, _ write: WriteID) -> APIRequest {
        request(.updateItem, reserving: 2048) { writer in
            key(.profile(of: put.content.token), to: &writer)
            let housing = put.content.housing == nil ? " REMOVE housing" : ", housing = :housing"
            writer.member("UpdateExpression", Self.replacement + housing)
            condition(put.expectedVersion, to: &writer)
            writer.object("ExpressionAttributeValues") { writer in
                ProfileItem.write(put, write, to: &writer)
                writer.decimal(":expected", put.expectedVersion == 0 ? nil : put.expectedVersion)
            }
            // The new version is known when a version is expected.
            writer.member("ReturnValues", put.expectedVersion == nil ? "UPDATED_NEW" : "NONE")
        }
    }

    private static let replacement = """
        SET version = if_not_exists(version, :zero) + :one, createdAt = if_not_exists(createdAt, :at), \
        life = if_not_exists(life, :write), lastWrite = :write, updatedAt = :at, dataKey = :dataKey, \
        birthDate = :birthDate, address = :address, assets = :assets, incomeSources = :incomeSources
        """

    func delete(_ deletion: ProfileDeletion) -> APIRequest {
        request(.deleteItem) { writer in
            key(.profile(of: deletion.token), to: &writer)
            condition(deletion.expectedVersion, to: &writer)
            if let expected = deletion.expectedVersion, expected != 0 {
                writer.object("ExpressionAttributeValues") { $0.decimal(":expected", expected) }
            }
            writer.member("ReturnValues", "ALL_OLD")
        }
    }

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

    private func condition(_ expected: Int64?, to writer: inout Writer) {
        guard let expected else { return }
        writer.member("ConditionExpression", expected == 0 ? "attribute_not_exists(version)" : "version = :expected")
        writer.member("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
    }
}

/// Requests of many items.
extension TableRequests {
    /// Reads profiles, at most ``keysOfGet`` different ones.
    func get(_ tokens: some Sequence<SubjectToken>, projection: String? = nil) -> APIRequest {
        batchGet(tokens.lazy.map(ItemKey.profile(of:)), projection: projection)
    }

    func batchGet(_ keys: some Sequence<ItemKey>, projection: String? = nil) -> APIRequest {
        batch(.batchGetItem, reserving: 8192) { writer in
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
    func put(_ scores: some Sequence<(record: ScoreRecord, life: WriteID)>) -> APIRequest {
        batch(.batchWriteItem, reserving: 16384) { writer in
            writer.array { writer in
                for (record, life) in scores {
                    change("PutRequest", "Item", in: &writer) { ScoreItem.write(record, life: life, to: &$0) }
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

    private func batch(_ operation: Operation, reserving capacity: Int, _ body: (inout Writer) -> Void) -> APIRequest {
        APIRequest(operation, reserving: capacity) { writer in
            writer.object("RequestItems") { writer in
                writer.key(table)
                body(&writer)
            }
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
