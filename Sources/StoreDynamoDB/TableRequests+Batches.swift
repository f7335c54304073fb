import Bureau
import JSON
import Repositories

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

    /// Writes at most ``itemsOfWrite`` scores with different keys, each with the life that its profile has.
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

    /// Asks once more for what a batch has left over: the object `UnprocessedKeys` or `UnprocessedItems` of its answer.
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
