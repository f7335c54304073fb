import JSON
import JSONRPC

/// The page that a history is asked for: `types/page-limit.json` and `types/page-cursor.json`.
enum PageReader {
    /// The limit when none is given.
    static let usualLimit = 20

    static func limit(_ reader: ObjectReader) throws(Failure) -> Int {
        try reader.optionalInteger("limit") ?? usualLimit
    }

    /// Reads the cursor by `parse`; one that no page has handed out is refused.
    static func cursor<T>(_ reader: ObjectReader, _ parse: (Value) -> T?) throws(Failure) -> T? {
        guard let member = reader.value["cursor"] else { return nil }
        guard let cursor = parse(member) else {
            throw .invalidParams(at: "/cursor", reason: "invalid_format", accepted: "a nextCursor")
        }
        return cursor
    }
}

/// A page of a history, and whether it is followed by another.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let hasMore: Bool

    /// Makes a page of at most `limit` of items that were asked for with one more.
    init(_ items: [Item], limit: Int) {
        self.items = Array(items.prefix(limit))
        hasMore = items.count > limit
    }
}
