import Bureau

/// Base A's list of blocked subjects, whose data are read for few purposes until the block ends.
///
/// Base A alone has the list, because every daemon reads it again each second: no other base needs a look at it, and
/// none loses it by a backup.
public protocol BlockStore: Store {
    /// Blocks subjects or ends their blocks, with the audit entries of those who asked. Tells of each whether that is a
    /// change.
    func block(_ changes: [BlockChange]) async throws(StoreError) -> [Bool]

    /// Reads the blocked subjects in the order of their tokens: at most `limit` after `token`, or the first ones when
    /// it is nil. A page that is not full is the last one.
    func blocked(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken]
}

/// The beginning or the end of a subject's block.
public struct BlockChange: Hashable, Sendable {
    public var token: SubjectToken
    public var isBlocked: Bool
    public var audit: AuditLine

    public init(token: SubjectToken, isBlocked: Bool, audit: AuditLine) {
        self.token = token
        self.isBlocked = isBlocked
        self.audit = audit
    }
}
