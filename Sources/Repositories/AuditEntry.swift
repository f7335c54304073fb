import Bureau

/// One row of base A's audit log: who was looked at or changed, when, by which method and why.
package struct AuditEntry: Hashable, Sendable {
    package var auditID: RecordID
    package var at: Instant
    package var token: SubjectToken
    /// The method that was called, such as `person.get`.
    package var action: String
    /// Why the person was read; nil for a write, which gives nothing out.
    package var purpose: Purpose?
    /// The organisation that a report was made for.
    package var requester: String?

    package init(
        auditID: RecordID, at: Instant, token: SubjectToken, action: String, purpose: Purpose?, requester: String?
    ) {
        self.auditID = auditID
        self.at = at
        self.token = token
        self.action = action
        self.purpose = purpose
        self.requester = requester
    }
}
