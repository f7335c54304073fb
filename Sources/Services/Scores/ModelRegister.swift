import Bureau
import Repositories
import Synchronization

/// Base B's register of the scorecards that have served on it: a name and a version stand for one card for ever.
public final class ModelRegister: Sendable {
    public let models: ServedModels
    private let repository: any ProfileRepository
    private let readCard: @Sendable ([UInt8]) -> Scorecard?
    private let state: Mutex<State>

    private struct State {
        var isEntered = false
        /// Every card that is known, by its hash.
        var cards: [[UInt8]: Scorecard]
    }

    /// `readCard` reads a canonical file; nil when it is none.
    public init(
        _ models: ServedModels, repository: any ProfileRepository, readCard: @escaping @Sendable ([UInt8]) -> Scorecard?
    ) {
        self.models = models
        self.repository = repository
        self.readCard = readCard
        let cards = models.all.map { ($0.identity.hash, $0.card) }
        state = Mutex(State(cards: Dictionary(cards) { first, _ in first }))
    }

    /// Enters the served cards, once, and learns of those of former scores. Throws what stands in the way: another card
    /// under the name and version of a served one, or the store.
    public func enter() async throws(ModelRegisterError) {
        if state.withLock({ $0.isEntered }) { return }
        let entries = models.all.map { model in
            RegisteredModel(
                name: model.identity.name, version: model.identity.version, hash: model.identity.hash,
                card: model.canonical)
        }
        let standing: [RegisteredModel]
        do throws(StoreError) { standing = try await repository.register(entries) } catch { throw .store(error) }
        for (entry, standing) in zip(entries, standing) where entry.hash != standing.hash {
            throw .otherCard(name: entry.name, version: entry.version)
        }
        try await learn()
        state.withLock { $0.isEntered = true }
    }

    /// The card of a hash; nil when the register has not told of it.
    func card(_ hash: [UInt8]) -> Scorecard? { state.withLock { $0.cards[hash] } }

    /// Reads the register again when a hash is unknown, because other daemons enter cards too.
    func know(_ hashes: some Sequence<[UInt8]>) async {
        let isKnown = state.withLock { state in hashes.allSatisfy { state.cards[$0] != nil } }
        if !isKnown { try? await learn() }
    }

    /// Reads an entry of the register with its card; nil when there is none.
    func entry(_ name: String, _ version: Int) async throws(StoreError) -> (RegisteredModel, Scorecard)? {
        for entry in try await repository.models() where entry.name == name && entry.version == version {
            if let card = readCard(entry.card) { return (entry, card) }
        }
        return nil
    }

    private func learn() async throws(ModelRegisterError) {
        let registered: [RegisteredModel]
        do throws(StoreError) { registered = try await repository.models() } catch { throw .store(error) }
        state.withLock { state in
            for model in registered where state.cards[model.hash] == nil {
                state.cards[model.hash] = readCard(model.card)
            }
        }
    }
}

/// Why the served cards are not in the register.
public enum ModelRegisterError: Error, Hashable, Sendable {
    /// The register has another card under this name and version.
    case otherCard(name: String, version: Int)
    case store(StoreError)

    /// The error of a score that cannot be kept.
    var serviceError: ServiceError {
        switch self {
        case .store(let error): .store(error)
        case .otherCard(let name, let version):
            .store(
                .unavailable(
                    .b, StoreReason(.notReady, "another scorecard is \(name) version \(version) there"),
                    retryAfterMilliseconds: 60_000))
        }
    }
}
