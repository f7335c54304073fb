import Bureau
import Repositories
import Vault

/// What was computed of one subject's facts.
struct ScoredFacts: Sendable {
    var cpf: CPF
    var score: Score
    var packed: PackedScore
    var inconsistencies: [Inconsistency]
}

/// From requests to scores, and from scores to what is kept.
extension ScoreService {
    /// Reads the facts of subjects and computes their scores, those by one model together.
    ///
    /// - Parameter plan: what is computed for the model that a request names; nil where no model is so named.
    func scored(
        _ requests: [ScoreRequest], by plan: (RequestedModel) -> ScoringPlan?
    ) async -> [Result<ScoredFacts, ServiceError>] {
        let names = Set(requests.map(\.content))
        if names.count == 1, let name = names.first { return await scored(requests, plan(name)) }
        var results: [Result<ScoredFacts, ServiceError>] = requests.map { _ in .failure(.notFound) }
        for name in names {
            let indices = requests.indices.filter { requests[$0].content == name }
            let scored = await scored(indices.map { requests[$0] }, plan(name))
            for (index, scored) in zip(indices, scored) { results[index] = scored }
        }
        return results
    }

    private func scored(
        _ requests: [ScoreRequest], _ plan: ScoringPlan?
    ) async -> [Result<ScoredFacts, ServiceError>] {
        guard let plan else { return requests.map { _ in .failure(.notFound) } }
        let refusals = requests.map { refusal(of: $0, plan.model) }
        let granted = zip(requests, refusals).compactMap { $1 == nil ? request($0, plan.model) : nil }
        let found = await facts(of: granted, plan.model)
        // Nothing that was recorded after this instant has been read.
        let asOf = profiles.stamps.now()
        var scored = zip(granted, found).map { request, found in
            found.flatMap { score($0, $0.scoredPerson, request.cpf, plan, asOf: asOf) }
        }.makeIterator()
        return refusals.map { refusal in
            refusal.map { .failure($0) } ?? scored.next() ?? .failure(.contended)
        }
    }

    /// Why a request may not have a score that reads what the model reads; nil when it may. Every group must be given
    /// out to the request, at least masked: a score tells less of it than a mask does.
    private func refusal(of request: ScoreRequest, _ model: ServedModel) -> ServiceError? {
        let groups = model.groupsBeyondB
        if groups.isEmpty { return nil }
        var access = request.access
        access.groups = groups
        let shown = (try? control.disclosures(of: access).get())?.shown ?? []
        if groups.isSubset(of: shown) { return nil }
        control.noteDenied(access, request.cpf)
        return .forbidden(.policy(groups.subtracting(shown)))
    }

    /// The request as each base records it: with the groups that the model reads.
    private func request(_ request: ScoreRequest, _ model: ServedModel) -> SubjectRequest {
        var subject = SubjectRequest(for: request)
        subject.access.groups.formUnion(model.groupsBeyondB)
        return subject
    }

    /// Reads what a model needs. `notFound` without a profile; base A and C are asked for those who have one, and of
    /// account data for those who consent to it.
    func facts(
        of requests: [SubjectRequest], _ model: ServedModel
    ) async -> [Result<CreditFacts, ServiceError>] {
        let now = profiles.stamps.now()
        let profiles = await facts.facts(of: requests, needing: .profile, asOf: now)
        let known = zip(requests, profiles).compactMap { request, found in
            (try? found.get())?.profile == nil ? nil : request
        }
        var kinds = model.kinds.subtracting(.profile).union(.standing)
        if !kinds.isDisjoint(with: .accountData) { kinds.formUnion(.consents) }
        var others = await facts.facts(of: known, needing: kinds, asOf: now).makeIterator()
        return profiles.map { found in
            found.flatMap { found in
                guard let profile = found.profile else { return .failure(.notFound) }
                return (others.next() ?? .failure(.contended)).map { other in
                    var facts = other
                    facts.profile = profile
                    return facts
                }
            }
        }
    }

    /// Computes a score of facts that are all known. `unscorable`.
    func score(
        _ facts: CreditFacts, _ person: ScoredPerson?, _ cpf: CPF, _ plan: ScoringPlan, asOf: Instant
    ) -> Result<ScoredFacts, ServiceError> {
        guard let person else { return .failure(.notFound) }
        if let cause = person.unscorableCause(on: .inSaoPaulo(asOf)) { return .failure(.unscorable(cause)) }
        var (score, packed) = plan.score(facts.values(of: plan.names, asOf: asOf), asOf: asOf)
        packed.lacksConsent = facts.lacksConsent
        return .success(
            ScoredFacts(cpf: cpf, score: score, packed: packed, inconsistencies: person.inconsistencies))
    }

    /// Keeps scores durably; what was not computed fails as it did.
    func keep(
        _ scored: [Result<ScoredFacts, ServiceError>], marks: [RepeatMark?]
    ) async throws(ServiceError) -> [Result<ComputedScore, ServiceError>] {
        var at = profiles.stamps.now()
        var new: [NewScore] = []
        new.reserveCapacity(scored.count)
        let computed = profiles.vault.withSession { session in
            zip(scored, marks).map { scored, mark in
                scored.map { scored in
                    at = at.next
                    let scoreID = profiles.stamps.recordID(at: at)
                    new.append(session.hidden(scored, scoreID, at: at, expiresAt: retention.end(of: at), mark))
                    return ComputedScore(
                        scoreID: scoreID, computedAt: at, asOf: scored.packed.asOf,
                        modelHash: scored.packed.model.hash, score: scored.score,
                        inconsistencies: scored.inconsistencies)
                }
            }
        }
        var kept = try await ask(profiles.repository.append, new).makeIterator()
        return computed.map { computed in
            computed.flatMap { computed in
                (kept.next() ?? .failure(.contended)).flatMap(\.version).map { _ in computed }
            }
        }
    }
}

/// A profile to be scored, and what base A knows of its person.
struct ScoredProfile: Sendable {
    var view: ProfileView
    var standing: PersonStanding
    var access: Access

    var person: ScoredPerson {
        ScoredPerson(
            birthDateInA: standing.birthDate, birthDateInB: view.profile.birthDate, isDeceased: standing.isDeceased,
            hasCancelledCadastro: standing.hasCancelledCadastro)
    }

    /// The facts of the profile alone.
    func facts(readAt: Instant) -> CreditFacts {
        CreditFacts(readAt: readAt, profile: ProfileFacts(view))
    }
}

extension ProfileFacts {
    fileprivate init(_ view: ProfileView) {
        let profile = view.profile
        self.init(
            birthDate: profile.birthDate, housing: profile.housing, createdAt: view.createdAt,
            updatedAt: view.updatedAt)
        for income in profile.incomeSources {
            add(IncomeFigures(kind: income.kind, monthlyAmount: income.monthlyAmount, since: income.since))
        }
        for asset in profile.assets {
            add(AssetFigures(value: asset.value, paidOff: asset.paidOff, outstanding: asset.outstanding))
        }
    }
}

extension CreditFacts {
    /// Who is scored; nil without a profile.
    fileprivate var scoredPerson: ScoredPerson? {
        profile.map { profile in
            ScoredPerson(
                birthDateInA: person?.birthDate, birthDateInB: profile.birthDate,
                isDeceased: person?.isDeceased ?? false, hasCancelledCadastro: hasCancelledCadastro)
        }
    }
}

extension Instant {
    /// A microsecond later, so that the identifiers of one batch's scores have the order of their computing.
    fileprivate var next: Instant {
        Instant(microsecondsSinceEpoch: microsecondsSinceEpoch + 1) ?? self
    }
}
