import Bureau
import Repositories
import Vault

/// A request of a score by the model that it names.
public typealias ScoreRequest = SubjectWrite<RequestedModel>

/// Scores: computed by one scorecard from facts of all bases, and kept with all that they were computed from.
public struct ScoreService: Sendable {
    let facts: FactsService
    public let register: ModelRegister
    let retention: ScoreRetention
    private let answer: ScoringPlan

    var profiles: ProfileService { facts.profiles }
    var control: AccessControl { profiles.control }
    public var models: ServedModels { register.models }

    public init(facts: FactsService, register: ModelRegister, retention: ScoreRetention = ScoreRetention()) {
        self.facts = facts
        self.register = register
        self.retention = retention
        answer = register.models.answer
    }

    /// Computes subjects' scores and keeps them. `notFound` without a profile or a model of the name, `unscorable`,
    /// `forbidden`.
    ///
    /// Base A is asked for the birth date and the registration of those who have a profile.
    public func compute(_ requests: [ScoreRequest]) async -> [Result<Disclosed<ComputedScore>, ServiceError>] {
        await control.disclosed(requests) { requests, _ in await computeGranted(requests) }
    }

    private func computeGranted(_ requests: [ScoreRequest]) async -> [Result<ComputedScore, ServiceError>] {
        await profiles.vault.once(
            requests, lookUp: profiles.repository.receipts,
            answer: { receipt, token in
                profiles.vault.withSession { session in
                    ComputedScore(receiptBody: receipt.body, of: token, &session, card: register.card)
                }
            }
        ) { requests in
            await batch(of: requests.count) { () async throws(ServiceError) in
                try await enterModels()
                let scored = await scored(requests) { models.isChampion($0) ? answer : nil }
                return try await keep(scored, marks: requests.map(\.mark))
            }
        }
    }

    /// Computes subjects' scores as `compute` does, and keeps nothing; shadows have no part.
    public func preview(_ requests: [ScoreRequest]) async -> [Result<Disclosed<ComputedScore>, ServiceError>] {
        await control.disclosed(requests) { requests, _ in
            let scored = await scored(requests) { models.named($0).map { ScoringPlan($0) } }
            return scored.map { scored in
                scored.map { scored in
                    ComputedScore(
                        scoreID: nil, computedAt: scored.packed.asOf, asOf: scored.packed.asOf,
                        modelHash: scored.packed.model.hash, score: scored.score,
                        inconsistencies: scored.inconsistencies)
                }
            }
        }
    }

    /// Computes what was read for reports, and keeps it; what failed to be read fails so here.
    ///
    /// A champion of base B alone is served by what the report has read already.
    func compute(
        _ subjects: [Result<ScoredProfile, ServiceError>]
    ) async -> [Result<ComputedScore, ServiceError>] {
        await batch(of: subjects.count) { () async throws(ServiceError) in
            try await enterModels()
            let found = await facts(of: subjects)
            let asOf = profiles.stamps.now()
            let scored = zip(subjects, found).map { subject, found in
                subject.flatMap { subject in
                    found.flatMap { score($0, subject.person, subject.view.profile.cpf, answer, asOf: asOf) }
                }
            }
            return try await keep(scored, marks: subjects.map { _ in nil })
        }
    }

    private func facts(
        of subjects: [Result<ScoredProfile, ServiceError>]
    ) async -> [Result<CreditFacts, ServiceError>] {
        let asOf = profiles.stamps.now()
        guard answer.model.needsPurpose else { return subjects.map { $0.map { $0.facts(readAt: asOf) } } }
        let known = subjects.compactMap { try? $0.get() }
        var found = await facts(
            of: known.map { SubjectRequest(SubjectRead(cpf: $0.view.profile.cpf, access: $0.access)) }, answer.model
        ).makeIterator()
        return subjects.map { $0.flatMap { _ in found.next() ?? .failure(.contended) } }
    }

    private func enterModels() async throws(ServiceError) {
        do throws(ModelRegisterError) { try await register.enter() } catch { throw error.serviceError }
    }
}
