/// What a base keeps of a subject that was erased: its token in this base, and a note that only base A's ring opens.
///
/// A tombstone outlives everything else of the subject. No write about the subject takes effect beside it.
public struct Tombstone: Hashable, Sendable {
    public var token: SubjectToken
    /// The erasure, with the subject's tokens in all bases, sealed under the note key of base A's ring.
    public var note: Sealed

    public init(token: SubjectToken, note: Sealed) {
        self.token = token
        self.note = note
    }
}

/// A task over several bases that base A keeps until it is done, sealed under the note key of base A's ring.
public struct OutboxEntry: Hashable, Sendable {
    public var entryID: RecordID
    public var note: Sealed

    public init(entryID: RecordID, note: Sealed) {
        self.entryID = entryID
        self.note = note
    }
}
