import Bureau

/// A person's consent as base A keeps it.
package struct ConsentRecord: Hashable, Sendable {
    package var consentID: RecordID
    /// To whom, and for which purpose, under the person's data key.
    package var details: Sealed
    package var grantedAt: Instant
    /// Nil while the consent stands.
    package var revokedAt: Instant?

    package init(consentID: RecordID, details: Sealed, grantedAt: Instant, revokedAt: Instant? = nil) {
        self.consentID = consentID
        self.details = details
        self.grantedAt = grantedAt
        self.revokedAt = revokedAt
    }
}

/// The granting or revoking of a consent.
package struct ConsentChange: Sendable {
    package enum Action: Hashable, Sendable {
        /// Keeps a consent that was sealed with the person's data key; a person with another key is `overtaken`.
        case grant(ConsentRecord, dataKey: WrappedDataKey)
        case revoke(RecordID, at: Instant)
    }

    package var token: SubjectToken
    package var action: Action

    package init(token: SubjectToken, action: Action) {
        self.token = token
        self.action = action
    }
}

/// A page of a person's consents: at most `limit`, older than `before`.
package struct ConsentQuery: Sendable {
    package var token: SubjectToken
    package var before: RecordID?
    package var limit: Int

    package init(token: SubjectToken, before: RecordID?, limit: Int) {
        self.token = token
        self.before = before
        self.limit = limit
    }
}
