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

    /// Computes subjects' scores from their profiles and keeps them. `notFound` without a profile.
    package func compute(_ cpfs: [CPF]) async -> [Result<ScoreRecord, ServiceError>] {
        await compute(cpfs, on: await profiles.read(cpfs))
    }

    /// Computes scores from profiles that were read already; a profile's failure is its score's.
    func compute(
        _ cpfs: [CPF], on found: [Result<ProfileView, ServiceError>]
    ) async -> [Result<ScoreRecord, ServiceError>] {
        await batch(of: cpfs.count) { () async throws(ServiceError) in
            var at = profiles.stamps.now()
            let results = zip(profiles.vault.tokens(of: cpfs), found).map { token, found in
                found.map { view in
                    at = at.next
                    return ScoreRecord(
                        scoreID: profiles.stamps.recordID(at: at), token: token, computedAt: at,
                        score: scorecard.score(ScoringFacts(view.profile), on: at.date))
                }
            }
            var kept = try await ask(profiles.repository.append, results.compactMap { try? $0.get() }).makeIterator()
            return results.map { result in
                result.flatMap { score in
                    switch kept.next() {
                    case .success(let error?): .failure(.store(error))
                    case .failure(let error): .failure(error)
                    case .success(nil), nil: .success(score)
                    }
                }
            }
        }
    }

    /// Reads pages of subjects' scores; a page is empty for a subject without scores.
    package func history(_ requests: [PageRequest<RecordID>]) async -> [Result<Page<ScoreRecord>, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let tokens = profiles.vault.tokens(of: requests.lazy.map(\.cpf))
            let queries = zip(tokens, requests).map { token, request in
                ScoreQuery(token: token, before: request.before, limit: request.limitWithNext)
            }
            return zip(requests, try await askEach(profiles.repository.scores, queries)).map { request, scores in
                scores.map { Page($0, limit: request.limit) }
            }
        }
    }
}

extension Instant {
    /// A microsecond later, so that the identifiers of one batch's scores have the order of their computing.
    fileprivate var next: Instant {
        Instant(microsecondsSinceEpoch: microsecondsSinceEpoch + 1) ?? self
    }
}
