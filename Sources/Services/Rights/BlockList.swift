import Bureau
import Repositories
import Synchronization
import Vault

/// The blocked subjects as this process knows them, by their first tokens in base A, which no rotation changes.
///
/// A block of another daemon is known after the next refresh. While base A cannot be asked, the list stays as it was.
public final class BlockList: Sendable {
    private let vault: BaseVault
    private let repository: any BlockStore
    private let tokens = Mutex<Set<SubjectToken>>([])

    private static let pageSize = 10_000

    public init(vault: BaseVault, repository: any BlockStore) {
        self.vault = vault
        self.repository = repository
    }

    /// Reads the list again; returns false when base A could not be asked.
    @discardableResult
    public func refresh() async -> Bool {
        var read: Set<SubjectToken> = []
        var last: SubjectToken?
        while true {
            guard let page = try? await repository.blocked(after: last, limit: Self.pageSize) else { return false }
            read.formUnion(vault.withSession { session in page.map { session.first(of: $0) } })
            if page.count < Self.pageSize { break }
            last = page.last
        }
        tokens.withLock { [read] in $0 = read }
        return true
    }

    /// Notes what this process has changed itself.
    func note(_ token: SubjectToken, isBlocked: Bool) {
        let token = vault.first(of: token)
        tokens.withLock { tokens in
            if isBlocked { tokens.insert(token) } else { tokens.remove(token) }
        }
    }

    /// Which of some subjects are blocked; nil when nobody is, which is told without a look at each.
    public func areBlocked(_ cpfs: some Sequence<CPF>) -> [Bool]? {
        let tokens = tokens.withLock { $0 }
        if tokens.isEmpty { return nil }
        return vault.withSession { session in cpfs.map { tokens.contains(session.firstToken(of: $0)) } }
    }
}

extension Access {
    /// Whether a block does not hold for the access: the person's own, and what a law or a court demands.
    var isExemptFromBlocks: Bool { purpose?.isExemptFromBlocks ?? false }
}
