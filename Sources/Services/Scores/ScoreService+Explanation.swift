import Bureau
import Repositories
import Vault

/// A request to explain a kept score: one of an identifier, or the newest.
public struct ExplanationRequest: AccessRequest {
    public var cpf: CPF
    public var access: Access
    public var scoreID: RecordID?

    public init(cpf: CPF, access: Access, scoreID: RecordID?) {
        self.cpf = cpf
        self.access = access
        self.scoreID = scoreID
    }
}

/// What a person is told of a score (LGPD art. 20 § 1; Lei 12.414/2011, art. 5, IV; STJ, Tema 710).
public struct ScoreExplanation: Sendable {
    public var score: ComputedScore
    /// The facts as they were used, in the scorecard's order; nil for those who are told reasons alone, and for a score
    /// of version 0.1.0, which kept none.
    public var facts: [ExplainedFact]?
    /// The creditors of the debts that count, for the person alone.
    public var creditors: [String]
    public var leftOut: [LeftOut]
}

/// A fact as it was used, and whether it cost points, without the points themselves.
public struct ExplainedFact: Sendable {
    public var name: CharacteristicName
    public var value: CharacteristicValue
    public var hasCost: Bool
}

/// What has no part in a score, and why.
public struct LeftOut: Hashable, Sendable {
    public var cause: LeftOutCause
    /// How many were left out then and have not been written since; nil where they are not counted.
    public var count: Int?
}

/// Why something has no part in a score.
public enum LeftOutCause: String, CaseIterable, Sendable {
    /// A debt that the person contests.
    case disputed
    /// A debt that the law's terms have closed.
    case withheldByLaw = "withheld_by_law"
    /// The person's own look at their data (Lei 12.414/2011, art. 7-A, III).
    case ownAccess = "own_access"
    /// Movements and purchases, to whose use the person did not consent (Lei Complementar 105/2001, art. 1 § 3, V).
    case consent
    /// What occurred or was recorded after the instant of the score.
    case later
}

extension ScoreService {
    /// Explains kept scores. Values are told to the person, by the purpose of their request, and to the owner of the
    /// data; others are told reasons. `notFound`, `forbidden`.
    public func explain(
        _ requests: [ExplanationRequest]
    ) async -> [Result<Disclosed<ScoreExplanation>, ServiceError>] {
        await control.disclosed(requests) { requests, disclosures in
            var requests = requests
            var told = disclosures.map { $0.plain }
            for index in requests.indices where told[index].contains(.score) {
                told[index] = groups(toldTo: requests[index])
                requests[index].access.groups.formUnion(told[index])
            }
            return await explained(requests, told)
        }
    }

    /// The groups of which an explanation tells values.
    private func groups(toldTo request: ExplanationRequest) -> FieldGroups {
        guard request.access.purpose == .dataSubjectRequest || control.actor.role == .owner else { return .score }
        var access = request.access
        access.groups = [.identity, .debts, .payments, .finances, .score, .movements, .purchases, .queries]
        return (try? control.disclosures(of: access).get().plain) ?? .score
    }

    private func explained(
        _ requests: [ExplanationRequest], _ told: [FieldGroups]
    ) async -> [Result<ScoreExplanation, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let tokens = profiles.vault.tokens(of: requests.lazy.map(\.cpf))
            let wanted = requests.map { request in
                request.scoreID.map { .one($0) } ?? ScoreSearch.Wanted.newest(before: nil, limit: 1)
            }
            let found = try await profiles.trail.recording(requests.lazy.map(\.access), to: tokens) {
                () async throws(ServiceError) in
                try await find(wanted, of: tokens)
            }
            let kept = profiles.vault.withSession { session in
                found.map { found in found.flatMap { one(of: $0, &session) } }
            }
            await register.know(kept.compactMap { (try? $0.get())?.packed?.model.hash })
            // Base A is asked for those whose score looks at debts that the request is told.
            let indices = requests.indices.filter { index in
                told[index].contains(.debts) && ((try? kept[index].get())?.usesDebts ?? false)
            }
            let persons = await facts.persons.views(
                indices.map { SubjectRead(cpf: requests[$0].cpf, access: requests[$0].access) })
            let byIndex = Dictionary(uniqueKeysWithValues: zip(indices, persons))
            return requests.indices.map { index in
                Result { () throws(ServiceError) in
                    let person = try byIndex[index]?.unlessNotFound() ?? nil
                    return explanation(
                        of: try kept[index].get(), requests[index].access.purpose, told[index], person)
                }
            }
        }
    }

    /// The score that a search for one has found.
    private func one(
        of found: [ScoreRecord], _ session: inout VaultSession
    ) -> Result<KeptScore, ServiceError> {
        Result { () throws(ServiceError) in
            let start = retention.start(at: profiles.stamps.now())
            guard let record = found.first, record.computedAt >= start else { throw .notFound }
            return try KeptScore(record, &session)
        }
    }

    private func explanation(
        of kept: KeptScore, _ purpose: Purpose?, _ told: FieldGroups, _ person: PersonView?
    ) -> ScoreExplanation {
        let score = kept.score(card: register.card)
        let isToPerson = purpose == .dataSubjectRequest
        var explanation = ScoreExplanation(score: score, facts: nil, creditors: [], leftOut: kept.leftOut)
        if told.contains(.score), isToPerson || control.actor.role == .owner {
            explanation.facts = kept.facts(score.score).filter { $0.name.groups.isSubset(of: told) }
        }
        if let person {
            // Of a debt that was written since, nobody knows what it was.
            let then = score.asOf ?? score.computedAt
            let known = person.debts.filter { $0.updatedAt <= then }.map(\.debt)
            explanation.leftOut.append(LeftOut(cause: .disputed, count: known.count { $0.status == .disputed }))
            if isToPerson {
                let closed = known.count { $0.isClosedToScores(on: .inSaoPaulo(then)) }
                explanation.leftOut.append(LeftOut(cause: .withheldByLaw, count: closed))
                let today = CalendarDate.inSaoPaulo(profiles.stamps.now())
                let counted = person.debts.filter {
                    $0.withheld == nil && $0.debt.status != .disputed && !$0.debt.isClosedToScores(on: today)
                }
                explanation.creditors = Set(counted.map(\.debt.creditor)).sorted()
            }
        }
        return explanation
    }
}

extension KeptScore {
    /// What the score's characteristics are computed from.
    private var kinds: FactKinds {
        guard let packed else { return [] }
        return FactKinds(of: packed.inputs.prefix(packed.points.count).compactMap { CharacteristicName($0.name.name) })
    }

    fileprivate var usesDebts: Bool { !kinds.isDisjoint(with: [.debts, .payments]) }

    /// What is left out of every score that looks at these facts.
    fileprivate var leftOut: [LeftOut] {
        guard let packed else { return [] }
        return [LeftOut(cause: .later)] + (kinds.contains(.queries) ? [LeftOut(cause: .ownAccess)] : [])
            + (packed.lacksConsent ? [LeftOut(cause: .consent)] : [])
    }

    /// The facts as they were used; none for a score of version 0.1.0.
    fileprivate func facts(_ score: Score) -> [ExplainedFact] {
        guard let packed else { return [] }
        return zip(packed.inputs, score.points).compactMap { input, points in
            CharacteristicName(input.name.name).map {
                ExplainedFact(name: $0, value: input.value, hasCost: points.loss > 0)
            }
        }
    }
}
