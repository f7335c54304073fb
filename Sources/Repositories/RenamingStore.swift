import Bureau

/// What every base is asked for while its token key is rotated: to keep subjects under other tokens.
public protocol RenamingStore: Store {
    /// Keeps all that is kept of subjects under other tokens: records and what belongs to them, versions of what was
    /// deleted, receipts and tombstones. Sealed values, versions and times stay as they are, since nobody writes the
    /// record.
    ///
    /// Each subject is moved at once, or so that the next call ends what one that failed midway has begun. Others may
    /// move the same subjects meanwhile. A subject of whom nothing is kept under `from` is passed over; what is kept
    /// under `to` already stays, and its like under `from` stays there. Nobody reads or writes under `from` any more.
    func rename(_ subjects: [SubjectRename]) async throws(StoreError)

    /// Reads tokens of keys below `keyNumber` under which anything is kept, about `limit` of them, from where the page
    /// before has ended; a token may come more than once.
    ///
    /// A walk over all pages meets each token that is there from its beginning to its end. A page may be empty although
    /// further ones follow.
    func tokens(ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int) async throws(StoreError)
        -> TokenPage
}

/// A subject that is to be kept under another token.
public struct SubjectRename: Hashable, Sendable {
    public var from: SubjectToken
    public var to: SubjectToken

    public init(from: SubjectToken, to: SubjectToken) {
        self.from = from
        self.to = to
    }
}

/// A page of tokens.
public struct TokenPage: Hashable, Sendable {
    public var tokens: [SubjectToken]
    /// Where the next page begins; nil behind the last one.
    public var next: WalkCursor?

    public init(tokens: [SubjectToken], next: WalkCursor?) {
        self.tokens = tokens
        self.next = next
    }
}
