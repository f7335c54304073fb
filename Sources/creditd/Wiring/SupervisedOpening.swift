import Bureau
import Logging
import Repositories
import Vault

/// Opens stores under watch: a store that is lost, and one that is back, is told in the log.
struct SupervisedOpening: Sendable {
    /// How long a store that was down at the start is left alone before it is tried again.
    private static let pause = Duration.seconds(2)

    let stores: Stores
    /// A store that is down does not keep the others from being served; it is tried again until it opens.
    let isDegraded: @Sendable () async -> Bool
    /// Told of a base that is back with a key ring that is refused.
    let noteRefusedRing: @Sendable (Base) async -> Void
    let log: Logger
    /// Told which bases are waited for; nil when nobody waits.
    let start: ServiceStart?

    func persons(_ vault: BaseVault) async throws -> SupervisedStore<any PersonRepository> {
        try await open(vault, asStore: { $0 }, stores.openPersons)
    }

    func profiles(_ vault: BaseVault) async throws -> SupervisedStore<any ProfileRepository> {
        try await open(vault, asStore: { $0 }, stores.openProfiles)
    }

    func events(_ vault: BaseVault) async throws -> SupervisedStore<any EventRepository> {
        try await open(vault, asStore: { $0 }, stores.openEvents)
    }

    private func open<Repository: Sendable>(
        _ vault: BaseVault, asStore: @escaping @Sendable (Repository) -> any ErasableStore,
        _ open: @escaping @Sendable () async throws -> Repository
    ) async throws -> SupervisedStore<Repository> {
        let watch = watch(vault.base)
        let attempt: @Sendable () async throws -> Repository = {
            let repository = try await open()
            try await vault.verify(asStore(repository))
            return repository
        }
        do {
            start?.begin(vault.base)
            defer { start?.end(vault.base) }
            return SupervisedStore(vault.base, try await attempt(), watch: watch, asStore: asStore)
        } catch let error as StoreOpenError where error.mayPass && !Task.isCancelled {
            guard await isDegraded() else { throw error }
            watch.failed(error.storeReason)
        }
        let store = SupervisedStore<Repository>(vault.base, nil, watch: watch, asStore: asStore)
        Task { [weak store, log, noteRefusedRing] in
            var told: StoreReason?
            while store != nil {
                try await Task.sleep(for: Self.pause)
                do {
                    store?.open(try await attempt())
                    return
                } catch {
                    let failure = error as? StoreOpenError
                    let reason = failure?.storeReason ?? StoreReason(.failed, "the store cannot be opened")
                    watch.failed(reason)
                    // A base that is back and cannot be used, such as with another key ring, has to be told.
                    if failure?.mayPass == false, reason != told {
                        log.notice(
                            "base \(vault.base.rawValue) cannot be opened", metadata: Self.metadata(vault.base, reason))
                        told = reason
                        if failure?.isRefusedRing == true { await noteRefusedRing(vault.base) }
                    }
                }
            }
        }
        return store
    }

    private func watch(_ base: Base) -> StoreWatch {
        StoreWatch { [log] change in
            switch change {
            case .lost(let reason):
                log.notice("base \(base.rawValue) is lost", metadata: Self.metadata(base, reason))
            case .back(let reason, let time):
                var metadata = Self.metadata(base, reason)
                metadata["seconds"] = "\(Double(Int(time / .milliseconds(100))) / 10)"
                log.notice("base \(base.rawValue) is back", metadata: metadata)
            }
        }
    }

    private static func metadata(_ base: Base, _ reason: StoreReason) -> Logger.Metadata {
        ["base": "\(base.rawValue)", "cause": "\(reason.cause.rawValue)", "reason": "\(reason)"]
    }
}

extension StoreOpenError {
    /// Whether the store may open later, without anybody changing the configuration or the schema.
    fileprivate var mayPass: Bool {
        switch cause {
        case .unreachable, .refused, .busy: true
        case .foreignKeyRing, .flawedKeyRing, .configuration, .schemaBehind, .schemaDrifted, .schemaNewer, .stepFailed,
            .outOfResources:
            false
        }
    }

    /// The reason for which calls fail until the store opens.
    var storeReason: StoreReason {
        let cause: StoreReason.Cause =
            switch cause {
            case .unreachable: .unreachable
            case .busy: .locked
            case .refused, .foreignKeyRing, .flawedKeyRing, .configuration: .refused
            case .schemaBehind, .schemaDrifted, .schemaNewer, .stepFailed: .notReady
            case .outOfResources: .failed
            }
        return StoreReason(cause, code: code, reason)
    }
}
