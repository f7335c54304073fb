import Bureau
import Repositories

/// Where a walk over the tokens of several tables goes on: a table by its number, and a token of it.
///
/// A page has rows of one table, whatever keys their tokens are of, so that its work has a bound.
struct TokenTableCursor: Hashable, Sendable {
    let table: Int
    /// The token behind which the page begins; no bytes before the first one.
    let after: [UInt8]

    /// Begins with the first table when there is no cursor.
    init(_ cursor: WalkCursor?) {
        table = cursor?.bytes.first.map { Int($0) } ?? 0
        after = cursor.map { Array($0.bytes.dropFirst()) } ?? []
    }

    /// Makes the page of tokens that were read here in their order, when `limit` were asked for.
    func page(
        _ tokens: [SubjectToken], ofKeysBelow keyNumber: UInt8, limit: Int, tableCount: Int
    ) -> TokenPage {
        var lower: [SubjectToken] = []
        // A subject may have many rows in a table, which lie beside one another.
        for token in tokens where token.keyNumber < keyNumber && token != lower.last { lower.append(token) }
        if let last = tokens.last, tokens.count >= limit {
            return TokenPage(tokens: lower, next: WalkCursor([UInt8(table)] + last.bytes))
        }
        return TokenPage(tokens: lower, next: table + 1 < tableCount ? WalkCursor([UInt8(table + 1)]) : nil)
    }
}
