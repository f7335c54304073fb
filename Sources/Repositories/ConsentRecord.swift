import Bureau

/// A person's consent as base A keeps it.
public struct ConsentRecord: Hashable, Sendable {
    public var consentID: RecordID
    /// To whom, and for which purpose, under the person's data key.
    public var details: Sealed
    public var grantedAt: Instant
    /// Nil while the consent stands.
    public var revokedAt: Instant?

    public init(consentID: RecordID, details: Sealed, grantedAt: Instant, revokedAt: Instant? = nil) {
        self.consentID = consentID
        self.details = details
        self.grantedAt = grantedAt
        self.revokedAt = revokedAt
    }
}

/// The granting or revoking of a consent.
public struct ConsentChange: Sendable {
    public enum Action: Hashable, Sendable {
        /// Keeps a consent that was sealed with the person's data key; a person with another key is `overtaken`.
        case grant(ConsentRecord, dataKey: WrappedDataKey)
        case revoke(RecordID, at: Instant)
    }

    public var token: SubjectToken
    public var action: Action

    public init(token: SubjectToken, action: Action) {
        self.token = token
        self.action = action
    }
}

/// A page of a person's consents: at most `limit`, older than `before`.
public struct ConsentQuery: Sendable {
    public var token: SubjectToken
    public var before: RecordID?
    public var limit: Int

    public init(token: SubjectToken, before: RecordID?, limit: Int) {
        self.token = token
        self.before = before
        self.limit = limit
    }
}
