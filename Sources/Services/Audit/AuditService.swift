import Bureau
import Repositories
import Vault

/// A search of the audit log, with the reason.
public struct AuditListRequest: Sendable {
    public var access: Access
    /// Only accesses to this subject, in whichever base.
    public var cpf: CPF?
    public var actor: String?
    public var from: Instant?
    public var to: Instant?
    /// The position of the last record of the page before.
    public var before: Int64?
    public var limit: Int

    public init(
        access: Access, cpf: CPF?, actor: String?, from: Instant?, to: Instant?, before: Int64?, limit: Int
    ) {
        self.access = access
        self.cpf = cpf
        self.actor = actor
        self.from = from
        self.to = to
        self.before = before
        self.limit = limit
    }
}

/// The head of the audit log's tree.
public struct AuditHead: Sendable {
    public var size: Int64
    /// The records that are not in the tree yet.
    public var waiting: Int
    /// The signed note; nil for an empty tree.
    public var note: [UInt8]?
    /// The public key of the log, as verifiers of signed notes take it.
    public var key: String
}

/// The audit log as it is asked for; each question is itself recorded.
public struct AuditService: Sendable {
    private let log: AuditLog
    /// The vaults of the bases A, B and C, each of which has tokens of its own.
    private let vaults: [BaseVault]
    private let trail: AuditTrail
    /// The heads that were copied out of the database's reach.
    private let witnessed: @Sendable () -> [[UInt8]]

    public init(
        log: AuditLog, vaults: [BaseVault], trail: AuditTrail, witnessed: @escaping @Sendable () -> [[UInt8]] = { [] }
    ) {
        self.log = log
        self.vaults = vaults
        self.trail = trail
        self.witnessed = witnessed
    }

    /// Finds records, the latest first.
    public func list(_ request: AuditListRequest) async -> Result<Page<AuditStoredRecord>, ServiceError> {
        await answer { () async throws(ServiceError) in
            let tokens = request.cpf.map { cpf in vaults.flatMap { $0.allTokens(of: cpf) } } ?? []
            if let token = tokens.first {
                try trail.journal([request.access], to: [token], in: .a)
            } else {
                try record(request.access)
            }
            let search = AuditSearch(
                from: request.from ?? .first, to: request.to ?? .last, anyOf: tokens.map(AuditSubject.searchText),
                allOf: request.actor.map { [AuditRecord.member("actor", $0)] } ?? [], before: request.before,
                limit: request.limit + 1)
            return Page(
                try await asking { () async throws(StoreError) in
                    try await log.keepUp()
                    return try await log.records(search)
                }, limit: request.limit)
        }
    }

    public func head(_ access: Access) async -> Result<AuditHead, ServiceError> {
        await answer { () async throws(ServiceError) in
            try record(access)
            let head = try await asking { () async throws(StoreError) in
                try await log.keepUp()
                return try await log.head()
            }
            return AuditHead(size: head.size, waiting: head.waiting, note: head.note, key: log.keys.verifier.text)
        }
    }

    /// Proves that a record is in the tree. `notFound` for one that is unknown, or was dropped.
    public func proof(
        of recordID: RecordID, _ access: Access
    ) async -> Result<(proof: AuditProof, key: String), ServiceError> {
        await answer { () async throws(ServiceError) in
            try record(access)
            let proof = try await asking { () async throws(StoreError) in
                try await log.keepUp()
                return try await log.proof(of: recordID)
            }
            guard let proof else { throw .notFound }
            return (proof, log.keys.verifier.text)
        }
    }

    /// Reads the whole log and tells what does not fit.
    public func verify(_ access: Access) async -> Result<AuditVerdict, ServiceError> {
        await answer { () async throws(ServiceError) in
            try record(access)
            return try await asking { () async throws(StoreError) in
                try await log.keepUp()
                return try await log.verify(witnessed: witnessed())
            }
        }
    }

    /// Records a question that was refused.
    public func noteDenied(_ access: Access) {
        try? trail.journal(access.method, .denied, purpose: access.purpose, requester: access.requester)
    }

    private func record(_ access: Access) throws(ServiceError) {
        try trail.journal(access.method, .granted, purpose: access.purpose, requester: access.requester)
    }

    private func answer<Answer>(
        _ work: () async throws(ServiceError) -> Answer
    ) async -> Result<Answer, ServiceError> {
        do throws(ServiceError) { return .success(try await work()) } catch { return .failure(error) }
    }

    private func asking<Answer>(
        _ work: () async throws(StoreError) -> Answer
    ) async throws(ServiceError) -> Answer {
        do throws(StoreError) { return try await work() } catch { throw .store(error) }
    }
}
