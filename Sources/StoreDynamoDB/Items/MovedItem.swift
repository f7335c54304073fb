import Bureau
import JSON
import Repositories

/// An item as it is to be under another token: what the table has, with another partition key.
struct ItemCopy: Sendable {
    let key: ItemKey
    /// The JSON of the item.
    let text: [UInt8]

    init(_ item: Value, under token: SubjectToken) throws(MalformedItem) {
        try self.init(item, under: token) { _ in }
    }

    private init(
        _ item: Value, under token: SubjectToken, _ mark: (inout Writer) -> Void
    ) throws(MalformedItem) {
        key = ItemKey(partition: token.bytes, sort: try ItemReader(members: item).text("sk"))
        var writer = Writer(reserving: 2048)
        writer.object { writer in
            writer.binary("pk", token.bytes)
            for member in item.members where !Self.replaced.contains(member.key.string ?? "") {
                writer.value(member.key)
                writer.raw(":")
                writer.value(member.value)
            }
            mark(&writer)
        }
        text = writer.take()
    }

    private static let replaced: Set<String> = ["pk", "movedFrom", "movedKey"]

    /// The copy of a profile's item, which tells from where it comes and which data key it had there.
    static func profile(_ item: Value, _ subject: SubjectRename) throws(MalformedItem) -> ItemCopy {
        let key = try ItemReader(members: item).bytesIfAny("dataKey")
        return try ItemCopy(item, under: subject.to) { writer in
            writer.binary("movedFrom", subject.from.bytes)
            writer.binary("movedKey", key)
        }
    }
}

/// A profile's item on its way from one token to another. Each step is a write of one item, as every server of the API
/// supports it, and depends on what was read.
struct ProfileMove {
    let subject: SubjectRename
    /// The item under the former token, as it is to be under the other one.
    private(set) var copy: ItemCopy?
    private var key: [UInt8]?
    /// What is known of the item under the other token.
    private var other: Other?

    private struct Other {
        var origin: [UInt8]?
        var copiedKey: [UInt8]?
        var key: [UInt8]?
    }

    enum Step {
        /// The other token has no item.
        case copy
        /// The item has got another data key since it was copied, and the copy has not.
        case copyAgain
        /// The item is a copy of what the other token has.
        case drop
        /// Nothing is there, or the other token has an item of its own.
        case none
    }

    init(_ subject: SubjectRename) { self.subject = subject }

    /// Takes an item of the one or the other token.
    mutating func add(_ item: Value) throws(MalformedItem) {
        let reader = ItemReader(members: item)
        if try reader.bytes("pk") == subject.from.bytes {
            copy = try .profile(item, subject)
            key = try reader.bytesIfAny("dataKey")
        } else {
            other = Other(
                origin: try reader.bytesIfAny("movedFrom"), copiedKey: try reader.bytesIfAny("movedKey"),
                key: try reader.bytesIfAny("dataKey"))
        }
    }

    var step: Step {
        guard copy != nil else { return .none }
        guard let other else { return .copy }
        guard other.origin == subject.from.bytes else { return .none }
        return other.copiedKey == key || other.key != other.copiedKey ? .drop : .copyAgain
    }

    /// Writes the copy where there is none, or over one that nobody has written since.
    func put(by requests: TableRequests) -> APIRequest? {
        guard let copy else { return nil }
        return requests.request(.putItem, reserving: 4096) { writer in
            writer.key("Item")
            copy.text.withUnsafeBufferPointer { writer.verbatim($0) }
            guard let other else {
                writer.member("ConditionExpression", "attribute_not_exists(pk)")
                return
            }
            writer.member("ConditionExpression", "movedFrom = :from AND dataKey = :copied")
            writer.object("ExpressionAttributeValues") { values in
                values.binary(":from", subject.from.bytes)
                values.binary(":copied", other.copiedKey)
            }
        }
    }

    /// Deletes the item under the former token, unless it has got another data key since it was read.
    func delete(by requests: TableRequests) -> APIRequest {
        requests.request(.deleteItem) { writer in
            requests.key(.profile(of: subject.from), to: &writer)
            guard let key else {
                writer.member("ConditionExpression", "attribute_not_exists(dataKey)")
                return
            }
            writer.member("ConditionExpression", "dataKey = :copied")
            writer.object("ExpressionAttributeValues") { $0.binary(":copied", key) }
        }
    }
}

extension TableRequests {
    /// Writes at most ``itemsOfWrite`` items with different keys.
    func put(_ copies: some Sequence<ItemCopy>) -> APIRequest {
        batch(.batchWriteItem, reserving: 16384) { writer in
            writer.array { writer in
                for copy in copies {
                    writer.object { writer in
                        writer.object("PutRequest") { writer in
                            writer.key("Item")
                            copy.text.withUnsafeBufferPointer { writer.verbatim($0) }
                        }
                    }
                }
            }
        }
    }

    func delete(_ itemKey: ItemKey) -> APIRequest {
        request(.deleteItem) { writer in key(itemKey, to: &writer) }
    }

    /// Looks for tokens among the next items of the table.
    func scanForTokens(after start: ItemKey?, limit: Int) -> APIRequest {
        request(.scan) { writer in
            writer.member("ProjectionExpression", "pk, sk")
            writer.key("Limit")
            writer.number(max(1, limit))
            if let start { writer.object("ExclusiveStartKey") { start.write(to: &$0) } }
            writer.member("ConsistentRead", true)
        }
    }
}
