import Bureau
import Repositories

/// A scorecard as the bureau tells of it.
public struct ModelView: Sendable {
    public let identity: ModelIdentity
    public let card: Scorecard
    public let role: ModelRole
    /// The card's canonical file; nil for those who may know the criteria and not the card (Lei 12.414/2011, art. 5,
    /// IV).
    public let canonical: [UInt8]?
}

/// What a scorecard is for the daemon.
public enum ModelRole: String, CaseIterable, Sendable {
    case champion, shadow
    /// It has served, and some score may be by it.
    case former
}

/// Tells which scorecards a bureau uses and what they look at, which it has to publish (Lei 12.414/2011, art. 7-A § 1).
public struct ModelService: Sendable {
    let register: ModelRegister
    let control: AccessControl

    public init(register: ModelRegister, control: AccessControl) {
        self.register = register
        self.control = control
    }

    /// The served scorecards, the champion first.
    public var served: [ModelView] {
        register.models.all.map { model in
            view(
                model.identity, model.card, model.card.role == .champion ? .champion : .shadow, model.canonical)
        }
    }

    /// Finds a scorecard: the served one of the name without a version, else any that is in the register. `notFound`.
    public func model(_ name: String, version: Int?) async -> Result<ModelView, ServiceError> {
        if let version {
            if let served = served.first(where: { $0.identity.name == name && $0.identity.version == version }) {
                return .success(served)
            }
            return await former(name, version)
        }
        guard let model = register.models.named(name) else { return .failure(.notFound) }
        let identity = model.identity
        return served.first { $0.identity == identity }.map { .success($0) } ?? .failure(.notFound)
    }

    private func former(_ name: String, _ version: Int) async -> Result<ModelView, ServiceError> {
        do throws(StoreError) {
            guard let (entry, card) = try await register.entry(name, version) else { return .failure(.notFound) }
            let identity = ModelIdentity(name: name, version: version, hash: entry.hash)
            return .success(view(identity, card, .former, entry.card))
        } catch {
            return .failure(.store(error))
        }
    }

    private func view(
        _ identity: ModelIdentity, _ card: Scorecard, _ role: ModelRole, _ canonical: [UInt8]
    ) -> ModelView {
        let showsPoints = [.owner, .auditor].contains(control.actor.role)
        return ModelView(identity: identity, card: card, role: role, canonical: showsPoints ? canonical : nil)
    }
}
