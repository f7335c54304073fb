import Bureau
import Repositories
import Vault

/// Scores: computed from profiles by one scorecard, and kept with what explains them.
package struct ScoreService: Sendable {
    private let persons: PersonService
    private let profiles: ProfileService
    private let scorecard: Scorecard

    package init(persons: PersonService, profiles: ProfileService, scorecard: Scorecard) {
        self.persons = persons
        self.profiles = profiles
        self.scorecard = scorecard
    }

    /// Computes subjects' scores from their profiles and keeps them. `notFound` without a profile, `unscorable`,
    /// `forbidden`.
    ///
    /// Base A is asked for the birth date and the registration of those who have a profile.
    package func compute(
        _ requests: [SubjectWrite<Void>]
    ) async -> [Result<Disclosed<ComputedScore>, ServiceError>] {
        await profiles.control.disclosed(requests) { requests, _ in await computeGranted(requests) }
    }

    private func computeGranted(_ requests: [SubjectWrite<Void>]) async -> [Result<ComputedScore, ServiceError>] {
        await profiles.vault.once(
            requests, lookUp: profiles.repository.receipts, answer: { ComputedScore(receiptBody: $0.body) }
        ) { requests in
            let found = await profiles.views(of: requests.map { SubjectRequest(for: $0) })
            let known = zip(requests, found).filter { (try? $1.get()) != nil }.map(\.0)
            var standings = await standings(of: known).makeIterator()
            let subjects = zip(requests, found).map { request, found in
                found.flatMap { view in
                    (standings.next() ?? .failure(.notFound)).map { standing in
                        ScoredProfile(profile: view.profile, standing: standing, mark: request.mark)
                    }
                }
            }
            return await compute(subjects)
        }
    }

    /// Computes scores from what was read already, and keeps them; what failed to be read fails so here.
    func compute(_ subjects: [Result<ScoredProfile, ServiceError>]) async -> [Result<ComputedScore, ServiceError>] {
        await batch(of: subjects.count) { () async throws(ServiceError) in
            let now = profiles.stamps.now()
            let day = CalendarDate.inSaoPaulo(now)
            var at = now
            let computed = profiles.vault.withSession { session in
                subjects.map { subject in
                    subject.flatMap { subject -> Result<(score: ComputedScore, record: ScoreRecord), ServiceError> in
                        if let cause = subject.person.unscorableCause(on: day) { return .failure(.unscorable(cause)) }
                        at = at.next
                        let score = ComputedScore(
                            scoreID: profiles.stamps.recordID(at: at), computedAt: at,
                            score: scorecard.score(values(of: subject.profile, on: day)),
                            inconsistencies: subject.person.inconsistencies)
                        var record = ScoreRecord(
                            scoreID: score.scoreID, token: session.token(of: subject.profile.cpf), computedAt: at,
                            score: score.score)
                        record.receipt = subject.mark?.receipt(at: at, body: score.receiptBody)
                        return .success((score, record))
                    }
                }
            }
            let records = computed.compactMap { try? $0.get().record }
            var kept = try await ask(profiles.repository.append, records).makeIterator()
            return computed.map { computed in
                computed.flatMap { computed in
                    (kept.next() ?? .failure(.contended)).flatMap(\.version).map { _ in computed.score }
                }
            }
        }
    }

    /// Reads pages of subjects' scores; a page is empty for a subject without scores.
    /// `forbidden`.
    package func history(
        _ requests: [PageRequest<RecordID>]
    ) async -> [Result<Disclosed<Page<ScoreRecord>>, ServiceError>] {
        await profiles.control.disclosed(requests) { requests, _ in await pages(requests) }
    }

    private func pages(_ requests: [PageRequest<RecordID>]) async -> [Result<Page<ScoreRecord>, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let tokens = profiles.vault.tokens(of: requests.lazy.map(\.cpf))
            let queries = zip(tokens, requests).map { token, request in
                ScoreQuery(token: token, before: request.before, limit: request.limitWithNext)
            }
            let found = try await profiles.trail.recording(requests.lazy.map(\.access), to: tokens) {
                () async throws(ServiceError) in
                try await askEach(profiles.repository.scores, queries)
            }
            return zip(requests, found).map { request, scores in
                scores.map { Page($0, limit: request.limit) }
            }
        }
    }

    /// The values that the scorecard gives points for; a name beyond the catalogue has no record.
    private func values(of profile: Profile, on day: CalendarDate) -> [CharacteristicValue] {
        let facts = ScoringFacts(profile)
        return scorecard.characteristics.map { characteristic in
            CharacteristicName(characteristic.name).map { facts.value(of: $0, on: day) } ?? .missing(.noRecord)
        }
    }

    private func standings(of requests: [SubjectWrite<Void>]) async -> [Result<PersonStanding, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            try await persons.standings(requests.map { SubjectRead(cpf: $0.cpf, access: $0.access) })
        }
    }
}

/// A profile to be scored, and what base A knows of its person.
struct ScoredProfile: Sendable {
    var profile: Profile
    var standing: PersonStanding
    /// What the store keeps, so that the score can be asked for again.
    var mark: RepeatMark?

    var person: ScoredPerson {
        ScoredPerson(
            birthDateInA: standing.birthDate, birthDateInB: profile.birthDate, isDeceased: standing.isDeceased,
            hasCancelledCadastro: standing.hasCancelledCadastro)
    }
}

extension Instant {
    /// A microsecond later, so that the identifiers of one batch's scores have the order of their computing.
    fileprivate var next: Instant {
        Instant(microsecondsSinceEpoch: microsecondsSinceEpoch + 1) ?? self
    }
}
