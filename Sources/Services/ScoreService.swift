import Bureau
import Repositories
import Vault

/// Scores: computed from profiles by one scorecard, and kept with what explains them.
package struct ScoreService: Sendable {
    private let profiles: ProfileService
    private let scorecard: Scorecard

    package init(profiles: ProfileService, scorecard: Scorecard) {
        self.profiles = profiles
        self.scorecard = scorecard
    }

    /// Scores subjects by their profiles and keeps the scores. `notFound` without a profile.
    package func compute(_ cpfs: [CPF]) async -> [Result<ScoreView, ServiceError>] {
        await compute(cpfs, on: await profiles.read(cpfs))
    }

    /// Scores profiles that were read already; where there is none, its failure is the score's.
    func compute(
        _ cpfs: [CPF], on found: [Result<ProfileView, ServiceError>]
    ) async -> [Result<ScoreView, ServiceError>] {
        await batch(of: cpfs.count) { () async throws(ServiceError) in
            var at = profiles.stamps.now()
            let tokens = try tokens(of: cpfs)
            var scores: [ScoreRecord] = []
            let results = zip(tokens, found).map { token, found in
                found.map { view in
                    at = at.next
                    let score = scorecard.score(ScoringFacts(view.profile), on: at.date)
                    let record = ScoreRecord(
                        scoreID: profiles.stamps.recordID(at: at), token: token, computedAt: at, score: score)
                    scores.append(record)
                    return ScoreView(record)
                }
            }
            let computed = scores
            if !computed.isEmpty {
                try await asking { () async throws(StoreError) in try await profiles.repository.append(computed) }
            }
            return results
        }
    }

    /// Pages of subjects' scores, the newest first. Empty for a subject without scores.
    package func history(_ requests: [ScoreHistoryRequest]) async -> [Result<[ScoreView], ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let queries = zip(try tokens(of: requests.map(\.cpf)), requests).map { token, request in
                ScoreQuery(token: token, before: request.before, limit: request.limit)
            }
            let pages = try await asking { () async throws(StoreError) in
                try await profiles.repository.scores(queries)
            }
            return pages.map { .success($0.map { ScoreView($0) }) }
        }
    }

    private func tokens(of cpfs: [CPF]) throws(ServiceError) -> [SubjectToken] {
        try profiles.vault.sealing { (session) throws(VaultError) in cpfs.map { session.token(of: $0) } }
    }
}

/// A score as it is given out.
package struct ScoreView: Sendable {
    package var scoreID: RecordID
    package var computedAt: Instant
    package var score: Score

    init(_ record: ScoreRecord) {
        scoreID = record.scoreID
        computedAt = record.computedAt
        score = record.score
    }
}

/// A page of a subject's scores: those before `before`, or from the newest on.
package struct ScoreHistoryRequest: Sendable {
    package var cpf: CPF
    package var before: RecordID?
    package var limit: Int

    package init(cpf: CPF, before: RecordID?, limit: Int) {
        self.cpf = cpf
        self.before = before
        self.limit = limit
    }
}

extension Instant {
    /// A microsecond later: scores of one batch get identifiers in the order of their computing.
    fileprivate var next: Instant {
        Instant(microsecondsSinceEpoch: microsecondsSinceEpoch + 1) ?? self
    }
}
