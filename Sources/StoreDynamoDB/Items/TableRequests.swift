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
            writer.key("UpdateExpression")
            writer.string(put.content.housing == nil ? Self.replacement + " REMOVE housing" : Self.replacementOfAll)
            condition(put.expectedVersion, to: &writer)
            writer.key("ExpressionAttributeValues")
            writer.object { writer in
                ProfileItem.write(put, write, to: &writer)
                expectation(put.expectedVersion, to: &writer)
            }
            // The new version is known when a version is expected.
            writer.key("ReturnValues")
            writer.string(put.expectedVersion == nil ? "UPDATED_NEW" : "NONE")
        }
    }

    private static let replacement = """
        SET version = if_not_exists(version, :zero) + :one, createdAt = if_not_exists(createdAt, :at), \
        life = if_not_exists(life, :write), lastWrite = :write, updatedAt = :at, dataKey = :dataKey, \
        birthDate = :birthDate, address = :address, assets = :assets, incomeSources = :incomeSources
        """
    private static let replacementOfAll = replacement + ", housing = :housing"

    func delete(_ deletion: ProfileDeletion) -> APIRequest {
        request(.deleteItem) { writer in
            key(.profile(of: deletion.token), to: &writer)
            condition(deletion.expectedVersion, to: &writer)
            if let expected = deletion.expectedVersion, expected != 0 {
                writer.key("ExpressionAttributeValues")
                writer.object { expectation(expected, to: &$0) }
            }
            writer.key("ReturnValues")
            writer.string("ALL_OLD")
        }
    }

    /// Reads one item, or only the attributes that `projection` names.
    func get(_ itemKey: ItemKey, projection: StaticString? = nil) -> APIRequest {
        request(.getItem) { writer in
            key(itemKey, to: &writer)
            if let projection {
                writer.key("ProjectionExpression")
                writer.string("\(projection)")
            }
            writer.key("ConsistentRead")
            writer.bool(true)
        }
    }

    /// Makes a request with the table's name and the members that `body` writes.
    func request(
        _ operation: Operation, reserving capacity: Int = 512, _ body: (inout Writer) -> Void
    ) -> APIRequest {
        var writer = Writer(reserving: capacity)
        writer.object { writer in
            writer.key("TableName")
            writer.string(table)
            body(&writer)
        }
        return APIRequest(operation: operation, body: writer.take())
    }

    func key(_ key: ItemKey, to writer: inout Writer) {
        writer.key("Key")
        writer.object { key.write(to: &$0) }
    }

    private func condition(_ expected: Int64?, to writer: inout Writer) {
        guard let expected else { return }
        writer.key("ConditionExpression")
        writer.string(expected == 0 ? "attribute_not_exists(version)" : "version = :expected")
        writer.key("ReturnValuesOnConditionCheckFailure")
        writer.string("ALL_OLD")
    }

    private func expectation(_ expected: Int64?, to writer: inout Writer) {
        guard let expected, expected != 0 else { return }
        writer.key(":expected")
        writer.decimal(expected)
    }
}

/// Requests of many items.
extension TableRequests {
    /// Reads profiles, at most ``keysOfGet`` different ones.
    func get(_ tokens: some Sequence<SubjectToken>, projection: StaticString? = nil) -> APIRequest {
        batch(.batchGetItem, reserving: 8192) { writer in
            writer.object { writer in
                writer.key("Keys")
                writer.array { writer in
                    for token in tokens {
                        writer.object { ItemKey.profile(of: token).write(to: &$0) }
                    }
                }
                if let projection {
                    writer.key("ProjectionExpression")
                    writer.string("\(projection)")
                }
                writer.key("ConsistentRead")
                writer.bool(true)
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

    /// Repeats the part of a batch that was not done: `UnprocessedKeys` or `UnprocessedItems` of the response.
    func again(_ operation: Operation, _ unprocessed: Value) -> APIRequest {
        var writer = Writer(reserving: unprocessed.rawText.count + 32)
        writer.object { writer in
            writer.key("RequestItems")
            writer.value(unprocessed)
        }
        return APIRequest(operation: operation, body: writer.take())
    }

    private func batch(
        _ operation: Operation, reserving capacity: Int, _ body: (inout Writer) -> Void
    ) -> APIRequest {
        var writer = Writer(reserving: capacity)
        writer.object { writer in
            writer.key("RequestItems")
            writer.object { writer in
                writer.key(table)
                body(&writer)
            }
        }
        return APIRequest(operation: operation, body: writer.take())
    }

    private func change(
        _ kind: StaticString, _ member: StaticString, in writer: inout Writer, _ body: (inout Writer) -> Void
    ) {
        writer.object { writer in
            writer.key(kind)
            writer.object { writer in
                writer.key(member)
                writer.object(body)
            }
        }
    }
}
