import Bureau
import JSON
import JSONRPC
import Services

extension SubjectRead {
    /// Reads whom a method wants to see, and why.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(cpf: try reader.cpf(), access: try reader.readAccess())
    }
}

extension SubjectWrite {
    /// Reads whose record a method writes and which version it expects.
    init(_ content: Content, _ reader: ObjectReader) throws(Failure) {
        self.init(
            cpf: try reader.cpf(), content: content, expectedVersion: try reader.optionalInteger("expectedVersion"),
            access: reader.writeAccess(), repetition: reader.repetition)
    }
}

extension Written {
    /// Appends the result of an update.
    func writeUpdate(to writer: inout Writer) {
        writer.object { result in
            result.member("version", version)
            result.member("updatedAt", at)
        }
    }

    /// Appends the result of a deletion.
    func writeDeletion(to writer: inout Writer) {
        writer.object { $0.member("version", version) }
    }
}

extension PageRequest {
    /// Reads `types/page-cursor.json` by `position`, which refuses a cursor that no page gave out, and
    /// `types/page-limit.json`, which is 20 when it is absent.
    init(
        _ reader: ObjectReader, showing groups: FieldGroups? = nil, position: (Value) -> Position?
    ) throws(Failure) {
        try self.init(reader, for: try reader.readAccess(to: groups), position: position)
    }

    /// Reads a page for an access.
    init(_ reader: ObjectReader, for access: Access, position: (Value) -> Position?) throws(Failure) {
        var before: Position?
        if let cursor = reader.value["cursor"] {
            before = position(cursor)
            if before == nil {
                throw .invalidParams(at: "/cursor", reason: "invalid_format", accepted: "a nextCursor")
            }
        }
        self.init(
            cpf: try reader.cpf(), access: access, before: before,
            limit: try reader.optionalInteger("limit") ?? 20)
    }
}

extension Page {
    /// Appends an object that is the page alone.
    func write(
        as name: StaticString, to writer: inout Writer, cursor: (Item) -> String,
        item: (Item, inout Writer) -> Void
    ) {
        writer.object { writeMembers(as: name, to: &$0, cursor: cursor, item: item) }
    }

    /// Appends the page as the member `name`, and the cursor of its last item when more items follow.
    func writeMembers(
        as name: StaticString, to result: inout Writer, cursor: (Item) -> String,
        item: (Item, inout Writer) -> Void
    ) {
        result.key(name)
        result.array { list in
            for element in items { item(element, &list) }
        }
        if hasMore, let last = items.last { result.member("nextCursor", cursor(last)) }
    }
}
