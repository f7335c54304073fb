import Bureau

/// The page of a subject's history that a caller asks for: the newest items, or those older than `before`.
public struct PageRequest<Position: Sendable>: AccessRequest {
    public var cpf: CPF
    public var access: Access
    public var before: Position?
    /// The most items of the page.
    public var limit: Int

    public init(cpf: CPF, access: Access, before: Position?, limit: Int) {
        self.cpf = cpf
        self.access = access
        self.before = before
        self.limit = limit
    }

    /// How many items to ask a store for: an item beyond the limit tells that more follow.
    var limitWithNext: Int { limit + 1 }
}

/// A page of a history, the newest item first.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    /// Whether older items follow.
    public let hasMore: Bool

    /// Makes a page of at most `limit` items from what a store found, which may hold further items.
    public init(_ found: [Item], limit: Int) {
        items = Array(found.prefix(limit))
        hasMore = found.count > limit
    }

    public init(_ items: [Item], hasMore: Bool) {
        self.items = items
        self.hasMore = hasMore
    }
}
