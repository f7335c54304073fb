import Bureau

/// Base A: what persons ask for by their rights, what they consent to, and whether their register is open.
///
/// The rules of `PersonRepository` hold: a batch is one transaction, and the items of a writing call have different
/// subjects. Requests and the state of a register outlive their persons; consents do not. Reads are on behalf of a call
/// that leaves its audit entry itself.
public protocol RightsRepository: Store {
    /// Opens or finishes requests. `written`; `alreadyExists` for a second open dispute of a debt; `notFound` for a
    /// request that is not there or has ended; `erased`; `overtaken`.
    func write(_ filings: [RequestFiling]) async throws(StoreError) -> [WriteOutcome]

    /// Reads pages of subjects' requests, the newest first.
    func requests(_ queries: [RequestQuery]) async throws(StoreError) -> [[RequestRecord]]

    /// Reads pages of all subjects' requests in the order of `RequestPosition`.
    func due(_ queries: [DueQuery]) async throws(StoreError) -> [[RequestRecord]]

    /// Grants or revokes consents. `written`, `notFound` without the person, or the consent that stands; or
    /// `overtaken`.
    func write(_ changes: [ConsentChange]) async throws(StoreError) -> [WriteOutcome]

    /// Reads pages of persons' consents, the newest first.
    func consents(_ queries: [ConsentQuery]) async throws(StoreError) -> [[ConsentRecord]]

    /// Closes or opens registers, with the request that asked for it. `written`, `erased` or `overtaken`.
    func write(_ changes: [CadastroChange]) async throws(StoreError) -> [WriteOutcome]

    /// Reads the states of registers; nil for one that was never closed.
    func cadastros(_ tokens: [SubjectToken]) async throws(StoreError) -> [CadastroRecord?]

    /// Reads the subjects whose registers are closed, in the order of their tokens: at most `limit` after `token`, or
    /// the first ones when it is nil. A page that is not full is the last one.
    func closedCadastros(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken]
}

/// The state of a person's register of positive data, which is open unless it was closed.
public struct CadastroRecord: Hashable, Sendable {
    public var cancelledAt: Instant
    /// When it was opened again; nil while it is closed.
    public var reopenedAt: Instant?

    public init(cancelledAt: Instant, reopenedAt: Instant? = nil) {
        self.cancelledAt = cancelledAt
        self.reopenedAt = reopenedAt
    }

    public var isCancelled: Bool { reopenedAt == nil }
}

/// The closing or opening of a register. What is closed already, or open, stays as it is; the request is kept.
public struct CadastroChange: Sendable {
    public var token: SubjectToken
    public var isCancelled: Bool
    public var request: RequestRecord
    /// The data key of the request's details; a person with another one, or none, is `overtaken`.
    public var sealedBy: WrappedDataKey?

    public init(
        token: SubjectToken, isCancelled: Bool, request: RequestRecord, sealedBy: WrappedDataKey? = nil
    ) {
        self.sealedBy = sealedBy
        self.token = token
        self.isCancelled = isCancelled
        self.request = request
    }
}
