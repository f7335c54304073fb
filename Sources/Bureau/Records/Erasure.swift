/// Why a person's data are erased (LGPD, Law 13.709/2018).
public enum ErasureReason: String, TextValue, CaseIterable {
    /// The person asks for it (Art. 18, IV and VI).
    case subjectRequest = "subject_request"
    /// The person has revoked the consent that the data were kept by (Art. 15, III).
    case consentRevoked = "consent_revoked"
    /// The purpose is reached, or its time is over (Art. 15, I and II).
    case purposeEnded = "purpose_ended"
    /// The authority or a court orders it (Art. 15, IV).
    case authorityOrder = "authority_order"
}

/// An erasure as it is told: the certificate that a person's data are gone from all bases, once they are.
public struct Erasure: Hashable, Sendable {
    public var erasureID: RecordID
    public var requestedAt: Instant
    public var reason: ErasureReason
    /// What ends the erasure; nil while a base is still to be emptied.
    public var completion: Completion?
    /// The bases that could not be emptied yet.
    public var pending: [Base]

    public struct Completion: Hashable, Sendable {
        public var erasedAt: Instant
        /// The entry of base A's audit log that tells it.
        public var auditID: RecordID

        public init(erasedAt: Instant, auditID: RecordID) {
            self.erasedAt = erasedAt
            self.auditID = auditID
        }
    }

    public init(
        erasureID: RecordID, requestedAt: Instant, reason: ErasureReason, completion: Completion? = nil,
        pending: [Base] = []
    ) {
        self.erasureID = erasureID
        self.requestedAt = requestedAt
        self.reason = reason
        self.completion = completion
        self.pending = pending
    }
}
