import Bureau
import JSON
import Repositories

/// The requests for one table. Conditions are on single items only, so that every server of the API can keep them.
struct TableRequests: Sendable {
    /// The limits of the API for one request.
    static let keysOfGet = 100
    static let itemsOfWrite = 25

    let table: String

    /// Inserts or replaces a profile and counts its version, without having read it.
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
            // With an expected version the new one is known.
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

    /// Reads one item; only the attributes that `projection` names, when there is one.
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

    /// Begins a request with the table's name.
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
