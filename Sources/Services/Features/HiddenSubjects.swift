import Bureau
import Repositories
import Vault

/// The subjects whose data an extraction from base B may not use, by their tokens there.
///
/// Base A alone knows them: whose data are blocked or still to be erased, and who has closed the register of positive
/// data.
struct HiddenSubjects: Sendable {
    enum Cause: Sendable {
        case blocked
        case closed
    }

    var ofBaseB: [SubjectToken: Cause] = [:]
}

extension FeatureExtraction {
    private static let tokensOfPage = 512

    /// Finds out whom base B's walk has to pass over. The other walks meet each with what base A knows.
    ///
    /// A subject whom base A does not hold cannot be found in base B: no CPF is kept of them.
    func hiddenSubjects(
        for purpose: Purpose, in source: ExtractionSource, onRetry: (StoreError) -> Void
    ) async throws -> HiddenSubjects {
        var hidden = HiddenSubjects()
        await blocks.refresh()
        guard source == .profiles else { return hidden }
        let repository = facts.persons.repository
        let erasures = try await Self.retrying(telling: onRetry) { try await blocks.openErasures() }
        for tokens in erasures { hidden.ofBaseB[tokens.b] = .blocked }
        if !purpose.isExemptFromBlocks {
            try await note(.blocked, in: &hidden, onRetry) { try await repository.blocked(after: $0, limit: $1) }
        }
        if !purpose.passesCadastro {
            try await note(.closed, in: &hidden, onRetry) { try await repository.closedCadastros(after: $0, limit: $1) }
        }
        return hidden
    }

    private func note(
        _ cause: HiddenSubjects.Cause, in hidden: inout HiddenSubjects, _ onRetry: (StoreError) -> Void,
        _ page: (SubjectToken?, Int) async throws -> [SubjectToken]
    ) async throws {
        var last: SubjectToken?
        while true {
            let tokens = try await Self.retrying(telling: onRetry) { try await page(last, Self.tokensOfPage) }
            let cpfs = try await facts.persons.cpfs(of: tokens)
            for token in facts.profiles.vault.tokens(of: cpfs) { hidden.ofBaseB[token] = cause }
            if tokens.count < Self.tokensOfPage { return }
            last = tokens.last
        }
    }
}

extension Purpose {
    /// Whether a block does not hold for the purpose.
    var isExemptFromBlocks: Bool {
        switch self {
        case .dataSubjectRequest, .legalObligation, .judicialOrder: true
        default: false
        }
    }
}
