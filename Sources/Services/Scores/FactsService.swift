import Bureau
import Repositories
import Vault

/// The facts of subjects in all bases, from which characteristics are computed.
///
/// Each base is asked for a whole batch at once, and nothing is opened that is not needed.
public struct FactsService: Sendable {
    let persons: PersonService
    let profiles: ProfileService
    let events: EventService

    public init(persons: PersonService, profiles: ProfileService, events: EventService) {
        self.persons = persons
        self.profiles = profiles
        self.events = events
    }

    /// Reads facts for accesses that were granted: those that are known of subjects as of an instant, or of any later
    /// one. What a base does not hold is absent. `unreadable`.
    ///
    /// Each base that is read records the accesses, but for those that the audit log has already. `known` are the
    /// persons where somebody has read them already. A death counts that was looked up by the person's day of `days`,
    /// or whenever it was. `tokensInB` are the subjects' in base B where somebody has made
    /// them already. `meter` is told what base B charges.
    func facts(
        of requests: [SubjectRequest], needing kinds: FactKinds, asOf instant: Instant, known: [KnownPerson]? = nil,
        lookedUpBy days: [CalendarDate]? = nil, tokensInB: [SubjectToken]? = nil, meter: ReadMeter? = nil
    ) async -> [Result<CreditFacts, ServiceError>] {
        let readAt = persons.stamps.now()
        async let inBaseA = holdings(of: requests, kinds, known, days)
        async let inBaseB = profileFacts(of: requests, tokensInB, kinds, meter)
        // Base C is asked at the same time, unless a person's consent decides what of it may be read.
        let since = CreditFacts.eventsSince(asOf: instant)
        let decidedByA = kinds.contains(.consents)
        async let inBaseC = decidedByA ? [] : eventFacts(of: requests, kinds, since: since)
        let (persons, profiles) = (await inBaseA, await inBaseB)
        var events = await inBaseC
        if decidedByA { events = await eventFacts(of: requests, kinds, heldBy: persons, since: since) }
        return requests.indices.map { index in
            Result { () throws(ServiceError) in
                let holding = try persons[index].get()
                return CreditFacts(
                    readAt: readAt, person: holding.person, profile: try profiles[index].get(),
                    events: try events[index].get(), isRegisterClosed: holding.isRegisterClosed,
                    hasCancelledCadastro: holding.hasCancelledCadastro,
                    lacksConsent: decidedByA && !holding.mayHaveAccountData(requests[index].access))
            }
        }
    }

    private func holdings(
        of requests: [SubjectRequest], _ kinds: FactKinds, _ known: [KnownPerson]?, _ days: [CalendarDate]?
    ) async -> [Result<PersonHolding, ServiceError>] {
        if let known {
            var holdings = known.map(\.holding)
            let pending = holdings.indices.filter { holdings[$0].isOvertaken }
            let again = await batch(of: pending.count) { () async throws(ServiceError) in
                try await persons.holdings(
                    of: pending.map { requests[$0] }, needing: kinds,
                    lookedUpBy: days.map { days in pending.map { days[$0] } })
            }
            for (index, holding) in zip(pending, again) { holdings[index] = holding }
            persons.trail.noteUnreadable(holdings, of: requests, known.map(\.token), in: .a)
            return holdings
        }
        guard kinds.bases.contains(.a) else {
            return requests.map { _ in .success(PersonHolding(isRegisterClosed: false)) }
        }
        return await batch(of: requests.count) { () async throws(ServiceError) in
            try await persons.holdings(of: requests, needing: kinds, lookedUpBy: days)
        }
    }

    private func profileFacts(
        of requests: [SubjectRequest], _ tokens: [SubjectToken]?, _ kinds: FactKinds, _ meter: ReadMeter?
    ) async -> [Result<ProfileFacts?, ServiceError>] {
        guard kinds.bases.contains(.b) else { return requests.map { _ in .success(nil) } }
        return await profiles.facts(of: requests, tokens ?? profiles.vault.tokens(of: requests.lazy.map(\.cpf)), meter)
    }

    /// Reads events once it is known who consents: of others no account data are read.
    private func eventFacts(
        of requests: [SubjectRequest], _ kinds: FactKinds, heldBy persons: [Result<PersonHolding, ServiceError>],
        since: Instant
    ) async -> [Result<EventFacts?, ServiceError>] {
        var (consenting, others): ([Int], [Int]) = ([], [])
        for index in requests.indices {
            let mayRead = (try? persons[index].get())?.mayHaveAccountData(requests[index].access) ?? false
            if mayRead { consenting.append(index) } else { others.append(index) }
        }
        async let all = eventFacts(of: consenting.map { requests[$0] }, kinds, since: since)
        let fewer = kinds.subtracting(.accountData)
        async let part = eventFacts(
            of: others.map { index in
                var request = requests[index]
                request.access.groups.subtract(FactKinds.accountData.groups)
                return request
            }, fewer, since: since)
        var events = [Result<EventFacts?, ServiceError>](repeating: .success(nil), count: requests.count)
        for (index, found) in zip(consenting, await all) { events[index] = found }
        for (index, found) in zip(others, await part) { events[index] = found }
        return events
    }

    private func eventFacts(
        of requests: [SubjectRequest], _ kinds: FactKinds, since: Instant
    ) async -> [Result<EventFacts?, ServiceError>] {
        guard kinds.bases.contains(.c) else { return requests.map { _ in .success(nil) } }
        return await events.facts(of: requests, kinds, since: since)
    }
}

extension ProfileService {
    /// Reads the figures of profiles; nil without a profile. `unreadable` when a figure is not the one that was
    /// written. `tokens` are the subjects', and `meter` is told what the store charges.
    fileprivate func facts(
        of requests: [SubjectRequest], _ tokens: [SubjectToken], _ meter: ReadMeter?
    ) async -> [Result<ProfileFacts?, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let new = zip(requests, tokens).filter { !$0.0.isAudited }
            let records = try await trail.recording(new.lazy.map(\.0.access), to: new.lazy.map(\.1)) {
                () async throws(ServiceError) in
                guard let meter else { return try await latest(try await askEach(repository.read, tokens)) }
                let read = { [repository] (tokens: [SubjectToken]) async throws(StoreError) in
                    let answer = try await repository.readMetered(tokens)
                    meter.add(answer.readUnits)
                    return answer.profiles
                }
                return try await latest(try await askEach(read, tokens))
            }
            let facts: [Result<ProfileFacts?, ServiceError>] = vault.withSession { session in
                zip(tokens, records).map { token, record in
                    Result { () throws(ServiceError) in
                        guard let record = try record.get() else { return nil }
                        try verify(record, of: token, in: &session)
                        return ProfileFacts(record, session.shown(record.times, of: .subject(token)))
                    }
                }
            }
            trail.noteUnreadable(facts, of: requests, tokens, in: .b)
            return facts
        }
    }

    /// Throws `unreadable` unless a record's figures are those that were written with its address.
    private func verify(
        _ record: ProfileRecord, of token: SubjectToken, in session: inout VaultSession
    ) throws(ServiceError) {
        do throws(VaultError) {
            let sealer = ProfileSealer(token: token, key: try session.unwrap(record.content.dataKey, for: token))
            try sealer.verify(record.content, in: &session)
            seen?.raise(to: record, in: &session)
        } catch {
            throw .unreadable(.b)
        }
    }
}

extension ProfileFacts {
    /// The figures of a stored profile, which lie in plain.
    public init(_ record: ProfileRecord, _ times: RowTimes) {
        let content = record.content
        self.init(
            birthDate: content.birthDate, housing: content.housing, createdAt: times.created,
            updatedAt: times.updated)
        for income in content.incomeSources {
            add(IncomeFigures(kind: income.kind, monthlyAmount: income.monthlyAmount, since: income.since))
        }
        for asset in content.assets {
            add(AssetFigures(value: asset.value, paidOff: asset.paidOff, outstanding: asset.outstanding))
        }
    }
}
