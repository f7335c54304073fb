import Bureau
import Repositories
import Synchronization
import Vault

/// Has subjects found under their present tokens while token keys are rotated.
///
/// Whoever is about to ask a base for subjects has them prepared first: during the pause before a new key nothing
/// begins; from then on what is kept under a subject's former token is moved, by whoever comes first, so that everything
/// else knows one token alone.
public final class TokenMoves: Sendable {
    /// A base whose subjects are moved.
    private final class Place: Sendable {
        let vault: BaseVault
        let store: any RenamingStore
        /// The subjects that need no second look, by their present tokens; of the token key that moves now.
        let done = Mutex<(keyNumber: UInt8, tokens: Set<SubjectToken>)>((0, []))
        /// Why nothing may be asked: the ring lacks a token key that the store has seen.
        let flaw = Mutex<RingFlaw?>(nil)
        /// When the ring was last held against the store, which is done when a store is opened, too.
        let lookedAt = Mutex(ContinuousClock.now)

        init(vault: BaseVault, store: any RenamingStore) {
            self.vault = vault
            self.store = store
        }

        /// Whether one key makes all tokens, and nothing keeps calls off.
        var isAtRest: Bool { !vault.hasTokenKeys && isTrusted && flaw.withLock { $0 == nil } }

        /// Whether the last look is recent enough.
        var isTrusted: Bool { lookedAt.withLock { $0 }.duration(to: .now) < TokenMoves.longestTrust }

        /// The pause that is on.
        var pause: (base: Base, end: Instant)? {
            if case .pausing(let end) = vault.tokenRotation() { (vault.base, end) } else { nil }
        }
    }

    /// The most subjects that are remembered as moved.
    private static let mostDone = 1 << 16

    /// How long a look at the keys that a store has seen counts: no key begins within that time and the pause.
    private static let longestTrust = Duration.seconds(2.5)

    /// An array, because a search among three is faster than hashing.
    private let places: [Place]

    public init(
        vaults: [BaseVault], stores: [Base: any RenamingStore]
    ) {
        places = vaults.compactMap { vault in stores[vault.base].map { Place(vault: vault, store: $0) } }
    }

    private func place(of base: Base) -> Place? { places.first { $0.vault.base == base } }

    /// Prepares the bases for calls about subjects. `store` when a base cannot be asked, or may not be.
    public func prepare(_ cpfs: some Collection<CPF>, in bases: [Base]) async throws(ServiceError) {
        if bases.allSatisfy({ place(of: $0)?.isAtRest ?? true }) { return }
        let places = bases.compactMap { place(of: $0) }
        do throws(StoreError) {
            try await waitOutPauses(of: places)
            for place in places where place.vault.tokenRotation() == .moving {
                try await move(place.vault.tokens(of: cpfs), in: place)
            }
        } catch .outcomeUnknown(let base, let reason) {
            // A move that is half done is ended by the next call; what was asked for has not begun.
            throw .store(.unavailable(base, reason, retryAfterMilliseconds: 1000))
        } catch {
            throw .store(error)
        }
    }

    /// Prepares a base for work on subjects by their tokens, of whichever key, and returns their present ones.
    func prepare(_ tokens: [SubjectToken], in base: Base) async throws(StoreError) -> [SubjectToken] {
        guard let place = place(of: base) else { return tokens }
        try await waitOutPauses(of: [place])
        let isMoving = place.vault.tokenRotation() == .moving
        let tokens = place.vault.present(tokens)
        if isMoving { try await move(tokens, in: place) }
        return tokens
    }

    /// Waits until no base has a pause, because the key of one may change while another one's is waited for.
    private func waitOutPauses(of places: [Place]) async throws(StoreError) {
        for place in places { try await refuseLackingKey(of: place) }
        while let (base, end) = places.compactMap(\.pause).max(by: { $0.end < $1.end }) {
            let left = end.microsecondsSinceEpoch - BaseVault.systemTime().microsecondsSinceEpoch
            try? await Task.sleep(for: .microseconds(max(1000, left)))
            if Task.isCancelled {
                throw .unavailable(
                    base, StoreReason(.refused, code: StoreReason.movingTokens, "its token key is about to change"),
                    retryAfterMilliseconds: 1000)
            }
        }
    }

    /// Looks again when the last look is too old, because this process was stopped for a while, or found a flaw, because
    /// the ring may have been put in place meanwhile.
    private func refuseLackingKey(of place: Place) async throws(StoreError) {
        let wasLacking = place.flaw.withLock { $0 } != nil
        if !wasLacking, place.isTrusted { return }
        place.vault.refresh()
        do throws(StoreError) {
            try await look(at: place)
        } catch {
            if wasLacking { throw error }
            // A base that is away answers for itself; not each call asks it twice.
            place.lookedAt.withLock { $0 = .now }
        }
        if let flaw = place.flaw.withLock({ $0 }) {
            throw .unavailable(
                place.vault.base, StoreReason(.refused, code: StoreReason.oldKeyRing, "\(flaw)"),
                retryAfterMilliseconds: 60_000)
        }
    }

    /// Moves what is kept of subjects under their former tokens.
    private func move(_ tokens: [SubjectToken], in place: Place) async throws(StoreError) {
        let number = place.vault.tokenKeyNumber
        let open = place.done.withLock { done -> [SubjectToken] in
            if done.keyNumber != number || done.tokens.count > Self.mostDone { done = (number, []) }
            return tokens.filter { !done.tokens.contains($0) }
        }
        if open.isEmpty { return }
        // One former key after the other, the newest first, because no two renames of a call may lead to one token.
        for renames in place.vault.renames(of: Set(open).sorted()) { try await place.store.rename(renames) }
        place.done.withLock { done in if done.keyNumber == number { done.tokens.formUnion(open) } }
    }

    /// Looks whether the rings have the token keys that the stores have seen, and refuses what is asked of a base
    /// where one is lacking: its subjects would not be found. A base that is away is passed over.
    public func lookForLackingKeys() async {
        for place in places { try? await look(at: place) }
    }

    private func look(at place: Place) async throws(StoreError) {
        let flaw = place.vault.flaw(beside: try await place.store.wrappingKeys())
        place.lookedAt.withLock { $0 = .now }
        place.flaw.withLock { $0 = flaw?.isOfTokenKey == true ? flaw : nil }
        // A base that is put back later has all its subjects moved again.
        if place.vault.tokenRotation() == .none { place.done.withLock { $0 = (0, []) } }
    }
}

/// The walk that moves everybody.
extension TokenMoves {
    /// The subjects that are moved at once.
    private static let moved = 256
    private static let pageSize = 1000

    /// Moves all subjects of a base that are kept under tokens of former keys, and returns how many tokens were met.
    /// `progress` is told how many so far.
    public func moveAll(in base: Base, progress: (Int) -> Void) async throws(StoreError) -> Int {
        guard let place = place(of: base) else { return 0 }
        var count = 0
        try await forEachPage(of: place) { (tokens) async throws(StoreError) in
            for start in stride(from: 0, to: tokens.count, by: Self.moved) {
                let part = tokens[start..<min(start + Self.moved, tokens.count)]
                let renames = zip(part, place.vault.present(Array(part))).map(SubjectRename.init)
                for (_, renames) in Dictionary(grouping: renames, by: \.from.keyNumber) {
                    try await place.store.rename(renames)
                }
            }
            count += tokens.count
            progress(count)
        }
        return count
    }

    /// Has the store of a base know that its subjects have been moved to all token keys of the ring.
    public func complete(_ base: Base) async throws(StoreError) {
        guard let place = place(of: base) else { return }
        try await place.store.note(place.vault.tokenKeyNotes)
        try await look(at: place)
    }

    /// Counts the tokens of former keys under which a base keeps anything.
    public func left(in base: Base) async throws(StoreError) -> Int {
        guard let place = place(of: base) else { return 0 }
        var left: Set<SubjectToken> = []
        try await forEachPage(of: place) { (tokens) async throws(StoreError) in left.formUnion(tokens) }
        return left.count
    }

    private func forEachPage(
        of place: Place, _ take: ([SubjectToken]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        let number = place.vault.tokenKeyNumber
        var cursor: WalkCursor?
        repeat {
            let page = try await place.store.tokens(ofKeysBelow: number, after: cursor, limit: Self.pageSize)
            if !page.tokens.isEmpty { try await take(Array(Set(page.tokens)).sorted()) }
            cursor = page.next
        } while cursor != nil
    }
}

extension BaseVault {
    /// The moves of subjects from the tokens of each former key.
    fileprivate func renames(of tokens: [SubjectToken]) -> [[SubjectRename]] {
        withSession { session in
            var renames: [[SubjectRename]] = []
            for token in tokens {
                for (place, former) in session.former(token).enumerated() {
                    if place == renames.count { renames.append([]) }
                    renames[place].append(SubjectRename(from: former, to: token))
                }
            }
            return renames
        }
    }
}

extension BaseVault {
    /// The number of the key that makes all tokens of the base, for a walk that meets whoever keeps its token. Throws
    /// while subjects are given other tokens, and when another key than `number` has made them since.
    public func steadyTokenKey(_ number: UInt8? = nil) throws(StoreError) -> UInt8 {
        switch tokenRotation() {
        case .none, .ahead: if number ?? tokenKeyNumber == tokenKeyNumber { return tokenKeyNumber }
        case .moving, .pausing: break
        }
        throw .unavailable(
            base,
            StoreReason(
                .refused, code: StoreReason.movingTokens,
                "its subjects are being moved to another token key; run `creditd keys tokens move` to the end first"),
            retryAfterMilliseconds: 60_000)
    }
}

extension RingFlaw {
    fileprivate var isOfTokenKey: Bool {
        switch self {
        case .lacksTokenKey, .differsInTokenKey: true
        case .lacks, .differs: false
        }
    }
}
