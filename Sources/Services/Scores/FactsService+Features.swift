import Bureau

/// A request for the characteristics of a subject.
public struct FeaturesRequest: AccessRequest {
    public var cpf: CPF
    public var access: Access
    /// Nil for now.
    public var asOf: Instant?

    public init(cpf: CPF, access: Access, asOf: Instant?) {
        self.cpf = cpf
        self.access = access
        self.asOf = asOf
    }
}

/// The characteristics of a subject as of an instant.
public struct SubjectFeatures: Sendable {
    public var asOf: Instant
    /// In the order of the catalogue, without those that are not given out.
    public var names: [CharacteristicName]
    /// One for each name.
    public var values: [CharacteristicValue]
}

extension FactsService {
    /// Computes characteristics as of an instant, by default now. `forbidden`.
    ///
    /// Account data count of those who consent, as in a score.
    ///
    /// A characteristic is given out when all groups that it tells about are plain, because the least of a figure tells
    /// more than a mask leaves.
    public func features(
        _ requests: [FeaturesRequest]
    ) async -> [Result<Disclosed<SubjectFeatures>, ServiceError>] {
        await persons.control.disclosed(requests) { await features($0, $1) }
    }

    /// Reads together the facts of those who are given the same characteristics.
    private func features(
        _ requests: [FeaturesRequest], _ disclosures: [Disclosures]
    ) async -> [Result<SubjectFeatures, ServiceError>] {
        var answers = [Result<SubjectFeatures, ServiceError>](repeating: .failure(.contended), count: requests.count)
        for (plain, indices) in Dictionary(grouping: requests.indices, by: { disclosures[$0].plain }) {
            let names = CharacteristicName.allCases.filter { $0.groups.isSubset(of: plain) }
            let now = persons.stamps.now()
            let kinds = FactKinds(of: names)
            let found = await facts(
                of: indices.map { SubjectRequest(SubjectRead(cpf: requests[$0].cpf, access: requests[$0].access)) },
                needing: kinds.isDisjoint(with: .accountData) ? kinds : kinds.union(.consents),
                asOf: indices.compactMap { requests[$0].asOf }.min() ?? now)
            for (index, facts) in zip(indices, found) {
                answers[index] = facts.map { facts in
                    let asOf = requests[index].asOf ?? facts.readAt
                    return SubjectFeatures(asOf: asOf, names: names, values: facts.values(of: names, asOf: asOf))
                }
            }
        }
        return answers
    }
}
