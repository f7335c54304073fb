import Bureau
import Platform
import Synchronization

/// A base's store under watch: each call's outcome is noted, and a store that is not open yet is `unavailable`.
///
/// The extensions beside give it the protocol of its base.
public final class SupervisedStore<Repository: Sendable>: Sendable {
    public let base: Base
    private let watch: StoreWatch
    private let repository: Mutex<Repository?>
    /// The calls that failed because of the store, and the time of all calls.
    private let calls = Mutex((failures: 0, time: DurationHistogram()))
    /// Reads the repository as a store, because an existential does not conform to its own protocol.
    let asStore: @Sendable (Repository) -> any ErasableStore

    /// Supervises a store. One that is not open yet is given later by `open`.
    public init(
        _ base: Base, _ repository: Repository?, watch: StoreWatch,
        asStore: @escaping @Sendable (Repository) -> any ErasableStore
    ) {
        self.base = base
        self.repository = Mutex(repository)
        self.watch = watch
        self.asStore = asStore
    }

    /// Why the store does not serve; nil when it does.
    public var reason: StoreReason? { watch.reason }

    /// Serves from now on.
    public func open(_ repository: Repository) {
        self.repository.withLock { $0 = repository }
        watch.succeeded(.check)
    }

    private var store: (any ErasableStore)? { repository.withLock { $0 }.map(asStore) }

    /// Runs a call that only reads.
    func reading<R>(_ call: (Repository) async throws(StoreError) -> R) async throws(StoreError) -> R {
        let result = try await noting(call)
        watch.succeeded(.read)
        return result
    }

    /// Runs a call that writes, and whose items do not fail alone.
    func writing<R>(_ call: (Repository) async throws(StoreError) -> R) async throws(StoreError) -> R {
        let result = try await noting(call)
        watch.succeeded(.write)
        return result
    }

    /// Runs a call that writes; `failure` finds the items that failed alone.
    func writing<Outcome>(
        _ call: (Repository) async throws(StoreError) -> [Outcome], failure: (Outcome) -> StoreError?
    ) async throws(StoreError) -> [Outcome] {
        let outcomes = try await noting(call)
        if let error = outcomes.lazy.compactMap(failure).first(where: { $0.reason != nil }), let reason = error.reason {
            watch.failed(reason, committing: error.isOfCommit)
        } else {
            watch.succeeded(.write)
        }
        return outcomes
    }

    private func noting<R>(_ call: (Repository) async throws(StoreError) -> R) async throws(StoreError) -> R {
        guard let repository = repository.withLock({ $0 }) else {
            let reason = watch.reason ?? StoreReason(.notReady, "the store is being opened")
            throw .unavailable(base, reason, retryAfterMilliseconds: 1000)
        }
        let beginning = ContinuousClock.now
        do {
            let result = try await call(repository)
            note(since: beginning)
            return result
        } catch {
            // A cancelled call says nothing about its store.
            let reason = Task.isCancelled ? nil : error.reason
            if let reason { watch.failed(reason, committing: error.isOfCommit) }
            note(since: beginning, hasFailed: reason != nil)
            throw error
        }
    }

    private func note(since beginning: ContinuousClock.Instant, hasFailed: Bool = false) {
        let time = ContinuousClock.now - beginning
        calls.withLock { calls in
            if hasFailed { calls.failures += 1 }
            calls.time.add(time)
        }
    }
}

extension SupervisedStore: Store {
    public var numbers: StoreNumbers? {
        let (failures, time) = calls.withLock { $0 }
        return StoreNumbers(
            base: base, reason: watch.reason, losses: watch.lossCount, retries: store?.retryCount ?? 0,
            failures: failures, time: time)
    }

    /// Returns the store's own health, and the reason for which calls fail although the store responds.
    public func health() async -> StoreHealth {
        guard let store else {
            return StoreHealth(
                base: base, engine: nil, roundTripMicroseconds: 0, migrationsApplied: 0, migrationsKnown: 0,
                reason: watch.reason)
        }
        var health = await store.health()
        if let reason = health.reason {
            watch.failed(reason)
        } else if let reason = watch.reason, health.engine != nil {
            // Only a write shows whether writes are served again.
            let isWell = reason.concernsWritesAlone ? await store.check().allSatisfy(\.hasPassed) : true
            if isWell { watch.succeeded(reason.concernsWritesAlone ? .check : .read) }
            health.reason = watch.isOfCommit || !isWell ? watch.reason : nil
        }
        return health
    }

    public func check() async -> [StoreCheck] { await store?.check() ?? [] }

    public func keyRingMark() async throws(StoreError) -> KeyRingMark {
        guard let store else { return .unbound(nil) }
        return try await store.keyRingMark()
    }

    public func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint {
        guard let store else { return ring }
        return try await store.bind(ring)
    }

    public func reloadCredentials() { store?.reloadCredentials() }
}

/// The wrapping keys that the store has seen.
extension SupervisedStore: WrappingKeyRegister {
    public func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] {
        try await reading { (store) async throws(StoreError) in try await asStore(store).wrappingKeys() }
    }

    public func note(_ keys: [WrappingKeyNote]) async throws(StoreError) {
        try await noting { (store) async throws(StoreError) in try await asStore(store).note(keys) }
    }

    public func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool {
        try await noting { (store) async throws(StoreError) in
            try await asStore(store).reserve(count, of: number, most: most)
        }
    }

    public func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {
        try await noting { (store) async throws(StoreError) in try await asStore(store).setRetired(isRetired, number) }
    }
}

/// The data keys of a base under watch; base C has none.
extension SupervisedStore: DataKeyRepository {
    public func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        try await reading { (store) async throws(StoreError) in
            let keys = asStore(store) as? any DataKeyRepository
            return try await keys?.dataKeys(after: cursor, limit: limit) ?? DataKeyPage(keys: [], next: nil)
        }
    }

    public func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        try await writing { (store) async throws(StoreError) in
            let keys = asStore(store) as? any DataKeyRepository
            return try await keys?.rewrap(changes) ?? changes.map { _ in false }
        }
    }

    public func resealingMark() async throws(StoreError) -> ResealingMark {
        try await reading { (store) async throws(StoreError) in
            try await (asStore(store) as? any DataKeyRepository)?.resealingMark() ?? ResealingMark()
        }
    }

    public func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) async throws(StoreError) -> Bool {
        try await writing { (store) async throws(StoreError) in
            let keys = asStore(store) as? any DataKeyRepository
            return try await keys?.setResealingMark(mark, from: former) ?? false
        }
    }
}

extension WriteOutcome {
    var failure: StoreError? {
        if case .failed(let error) = self { error } else { nil }
    }
}
