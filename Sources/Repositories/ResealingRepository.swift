import Bureau

/// What base A is asked for when the data key of a subject is replaced, and all that is sealed under it.
///
/// No function counts as an access to a subject, because nothing is given out.
package protocol ResealingRepository: Store {
    /// Counts the payments of subjects, so that a caller can bound what it reads at once.
    func paymentCounts(of tokens: [SubjectToken]) async throws(StoreError) -> [Int]

    /// Reads the most encryptions that are counted of a person's data key; 0 without persons.
    func highestEncryptionCount() async throws(StoreError) -> Int64

    /// Reads what lies apart from the persons and their debts.
    func sealedParts(of tokens: [SubjectToken]) async throws(StoreError) -> [SealedParts]

    /// Replaces subjects' data keys and all that is sealed under them; false where anything of the subject has changed
    /// since it was read, and nothing is written of it then.
    ///
    /// It is no write of the person: versions, times and receipts stay. Subjects must be different.
    func reseal(_ subjects: [SubjectReseal]) async throws(StoreError) -> [Bool]
}

/// What is sealed under a subject's data key besides the person and the debts.
package struct SealedParts: Hashable, Sendable {
    package var payments: [SealedPayment] = []
    package var consents: [SealedRow] = []
    /// The requests that have details, those from before a deletion of the person included.
    package var requests: [SealedRow] = []

    package init() {}
}

/// A row with one sealed value.
package struct SealedRow: Hashable, Sendable {
    package var rowID: RecordID
    package var details: Sealed
    /// When the row was made.
    package var at: Instant

    package init(rowID: RecordID, details: Sealed, at: Instant) {
        self.rowID = rowID
        self.details = details
        self.at = at
    }
}

/// A payment with what it is bound to.
package struct SealedPayment: Hashable, Sendable {
    package var debtID: RecordID
    package var key: RecordID
    package var position: Int64
    package var version: Int64
    package var details: Sealed

    package init(debtID: RecordID, key: RecordID, position: Int64, version: Int64, details: Sealed) {
        self.debtID = debtID
        self.key = key
        self.position = position
        self.version = version
        self.details = details
    }
}

/// A subject of base A under a new data key.
package struct SubjectReseal: Sendable {
    /// The person as it was read.
    package var former: PersonRecord
    /// What was read besides.
    package var formerParts: SealedParts
    /// The same person and debts under the new data key.
    package var person: PersonRecord
    /// The same under the new data key, without requests that the former key did not open.
    package var parts: SealedParts

    /// What the audit log gets when the subject is sealed anew.
    package var lines: [AuditLine] = []

    package var token: SubjectToken { former.token }

    package init(former: PersonRecord, formerParts: SealedParts, person: PersonRecord, parts: SealedParts) {
        self.former = former
        self.formerParts = formerParts
        self.person = person
        self.parts = parts
    }

    /// The encryptions that the new data key has made, and those that are counted in blocks ahead: 64 payments of a
    /// debt at once.
    package var encryptions: Int64 {
        let rows = person.debts.count + parts.payments.count + parts.consents.count + parts.requests.count
        return Int64(3 + rows + person.debts.count * Int(EncryptionCount.paymentsOfBlock))
    }

    /// The sum of the payments' versions: with their number it tells whether any was written meanwhile, because
    /// payments go only with their debts, which the person's version counts.
    package var paymentVersions: Int64 { formerParts.payments.reduce(0) { $0 + $1.version } }
}

/// A profile under a new data key.
package struct ProfileReseal: Sendable {
    /// The data key as it was read. Each write of a profile has a new one, so that it stands for the whole profile.
    package var former: WrappedDataKey
    package var content: ProfileContent

    package init(former: WrappedDataKey, content: ProfileContent) {
        self.former = former
        self.content = content
    }
}

/// How many encryptions under a person's data key a write counts for, as the stores add them up.
package enum EncryptionCount {
    /// Identity, address, state, and the details of a request that goes with an update.
    package static let update: Int64 = 4
    /// Details of a debt, state, and the details of a request that goes with a change.
    package static let debtChange: Int64 = 3
    /// The payments of a debt are counted a block at a time, by the first one of a block, so that the others cost their
    /// person no write.
    package static let paymentsOfBlock: Int64 = 64
    /// What a person is counted for at the creation: more than identity, address, state and the most debts.
    package static let creation: Int64 = 1024
}
