import Bureau
import Repositories
import Synchronization
import Vault

/// The subjects whose data this process may not give out: those who are blocked, and those whose erasure waits for a
/// base that is away. They are known by their first tokens in base A, which no rotation changes.
///
/// What another daemon changes is known after the next refresh. While base A cannot be asked, the list stays as it was.
public final class BlockList: Sendable {
    private enum Change {
        case block(SubjectToken, isBlocked: Bool)
        case erasure([SubjectToken], isOpen: Bool)
    }

    private struct Subjects {
        var blocked: Set<SubjectToken> = []
        var erasing: Set<SubjectToken> = []
        /// How many refreshes are under way, and what this process has changed meanwhile, which they may not have read.
        var refreshes = 0
        var changes: [Change] = []

        mutating func note(_ change: Change) {
            apply(change)
            if refreshes > 0 { changes.append(change) }
        }

        mutating func apply(_ change: Change) {
            switch change {
            case .block(let token, true): blocked.insert(token)
            case .block(let token, false): blocked.remove(token)
            case .erasure(let tokens, true): erasing.formUnion(tokens)
            case .erasure(let tokens, false): erasing.subtract(tokens)
            }
        }

        /// Begins a refresh, and returns how many changes were before it.
        mutating func beginRefresh() -> Int {
            refreshes += 1
            return changes.count
        }

        mutating func endRefresh() {
            refreshes -= 1
            if refreshes == 0 { changes = [] }
        }
    }

    private let notes: ErasureNotes
    private let repository: any BlockStore & OutboxStore
    private let subjects = Mutex(Subjects())

    private var vault: BaseVault { notes.vaultA }

    private static let pageSize = 10_000
    /// The erasures that are known at once, which wait while a base is away.
    private static let mostErasures = 100_000

    public init(
        vaultA: BaseVault, vaultB: BaseVault, vaultC: BaseVault, repository: any BlockStore & OutboxStore
    ) {
        notes = ErasureNotes(vaultA: vaultA, vaultB: vaultB, vaultC: vaultC)
        self.repository = repository
    }

    /// Reads the list again; returns false when base A could not be asked.
    @discardableResult
    public func refresh() async -> Bool {
        let start = subjects.withLock { $0.beginRefresh() }
        defer { subjects.withLock { $0.endRefresh() } }
        var blocked: Set<SubjectToken> = []
        var last: SubjectToken?
        while true {
            guard let page = try? await repository.blocked(after: last, limit: Self.pageSize) else { return false }
            blocked.formUnion(vault.withSession { session in page.map { session.first(of: $0) } })
            if page.count < Self.pageSize { break }
            last = page.last
        }
        guard let erasures = try? await openErasures() else { return false }
        let erasing = Set(erasures.map { vault.first(of: $0.a) })
        subjects.withLock { [blocked] subjects in
            subjects.blocked = blocked
            subjects.erasing = erasing
            for change in subjects.changes[start...] { subjects.apply(change) }
        }
        return true
    }

    /// The subjects whose erasures are not done, as base A has them.
    func openErasures() async throws(StoreError) -> [SubjectTokens] {
        try await repository.openEntries(Self.mostErasures).compactMap { notes.note(in: $0)?.tokens }
    }

    /// Notes what this process has changed itself.
    func note(_ token: SubjectToken, isBlocked: Bool) {
        let token = vault.first(of: token)
        subjects.withLock { $0.note(.block(token, isBlocked: isBlocked)) }
    }

    /// Notes erasures that this process works on, or has done.
    func note(_ tokens: [SubjectToken], areErasing: Bool) {
        let tokens = tokens.map { vault.first(of: $0) }
        subjects.withLock { $0.note(.erasure(tokens, isOpen: areErasing)) }
    }

    /// Why data of some subjects are not given out; nil when there is no such subject, which is told without a look at
    /// each. An erasure comes before a block, from which some purposes are exempt.
    public func causes(of cpfs: some Sequence<CPF>) -> [ForbiddenCause?]? {
        let (blocked, erasing) = subjects.withLock { ($0.blocked, $0.erasing) }
        if blocked.isEmpty, erasing.isEmpty { return nil }
        return vault.withSession { session in
            cpfs.map { cpf in
                let token = session.firstToken(of: cpf)
                return erasing.contains(token) ? .erased : blocked.contains(token) ? .blocked : nil
            }
        }
    }
}

extension Access {
    /// Whether a block does not hold for the access: the person's own, and what a law or a court demands.
    var isExemptFromBlocks: Bool { purpose?.isExemptFromBlocks ?? false }
}
