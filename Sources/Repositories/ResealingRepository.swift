import Bureau

/// What base A is asked for when the data key of a subject is replaced, and all that is sealed under it.
///
/// No function counts as an access to a subject, because nothing is given out.
public protocol ResealingRepository: Store {
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
public struct SealedParts: Hashable, Sendable {
    public var payments: [SealedPayment] = []
    public var consents: [SealedRow] = []
    /// The requests that have details, those from before a deletion of the person included.
    public var requests: [SealedRow] = []

    public init() {}
}

/// A row with one sealed value.
public struct SealedRow: Hashable, Sendable {
    public var rowID: RecordID
    public var details: Sealed
    /// When the row was made.
    public var at: Instant

    public init(rowID: RecordID, details: Sealed, at: Instant) {
        self.rowID = rowID
        self.details = details
        self.at = at
    }
}

/// A payment with what it is bound to.
public struct SealedPayment: Hashable, Sendable {
    public var debtID: RecordID
    public var key: RecordID
    public var position: Int64
    public var version: Int64
    public var details: Sealed

    public init(debtID: RecordID, key: RecordID, position: Int64, version: Int64, details: Sealed) {
        self.debtID = debtID
        self.key = key
        self.position = position
        self.version = version
        self.details = details
    }
}

/// A subject of base A under a new data key.
public struct SubjectReseal: Sendable {
    /// The person as it was read.
    public var former: PersonRecord
    /// What was read besides.
    public var formerParts: SealedParts
    /// The same person and debts under the new data key.
    public var person: PersonRecord
    /// The same under the new data key, without requests that the former key did not open.
    public var parts: SealedParts

    /// What the audit log gets when the subject is sealed anew.
    public var lines: [AuditLine] = []

    public var token: SubjectToken { former.token }

    public init(former: PersonRecord, formerParts: SealedParts, person: PersonRecord, parts: SealedParts) {
        self.former = former
        self.formerParts = formerParts
        self.person = person
        self.parts = parts
    }

    /// The encryptions that the new data key has made, and those that are counted in blocks ahead: 64 payments of a
    /// debt at once.
    public var encryptions: Int64 {
        let rows = person.debts.count + parts.payments.count + parts.consents.count + parts.requests.count
        return Int64(3 + rows + person.debts.count * Int(EncryptionCount.paymentsOfBlock))
    }

    /// The sum of the payments' versions: with their number it tells whether any was written meanwhile, because
    /// payments go only with their debts, which the person's version counts.
    public var paymentVersions: Int64 { formerParts.payments.reduce(0) { $0 + $1.version } }
}

/// A profile under a new data key.
public struct ProfileReseal: Sendable {
    /// The data key as it was read. Each write of a profile has a new one, so that it stands for the whole profile.
    public var former: WrappedDataKey
    public var content: ProfileContent

    public init(former: WrappedDataKey, content: ProfileContent) {
        self.former = former
        self.content = content
    }
}

/// How many encryptions under a person's data key a write counts for, as the stores add them up.
public enum EncryptionCount {
    /// Identity, address, state, and the details of a request that goes with an update.
    public static let update: Int64 = 4
    /// Details of a debt, state, and the details of a request that goes with a change.
    public static let debtChange: Int64 = 3
    /// The payments of a debt are counted a block at a time, by the first one of a block, so that the others cost their
    /// person no write.
    public static let paymentsOfBlock: Int64 = 64
    /// What a person is counted for at the creation: more than identity, address, state and the most debts.
    public static let creation: Int64 = 1024
}
