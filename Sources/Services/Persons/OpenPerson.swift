import Bureau
import Repositories
import Vault

/// A person that was read and opened, with the sealer that seals its new values.
struct OpenPerson {
    /// The stored record with its times as they are, and without its debts, which the view has.
    var record: PersonRecord
    var sealer: PersonSealer
    var view: PersonView
    /// The stored values that the person's state is about.
    var values: PersonValues
}

extension PersonService {
    /// Reads and opens persons, after the audit log has who asked and why. `notFound`, `unreadable`.
    ///
    /// A request that is read again after another writer came in between has its record already.
    func openAudited(_ requests: [SubjectRequest]) async throws(ServiceError) -> [Result<OpenPerson, ServiceError>] {
        try await openAudited(requests) { $0 }
    }

    /// Does the same and keeps what `part` takes of each person, because a whole one is costly to copy.
    func openAudited<Part>(
        _ requests: [SubjectRequest], keeping part: (OpenPerson) -> Part
    ) async throws(ServiceError) -> [Result<Part, ServiceError>] {
        let tokens = vault.tokens(of: requests.lazy.map(\.cpf))
        var records = try await withFreshKeys(try await read(tokens, for: requests), of: tokens, for: requests)
        let results = vault.withSession { session in
            tokens.indices.map { index in
                let record = records[index]
                // Let go of once it is opened, because a group's sealed values may take many megabytes.
                records[index] = .success(nil)
                return Result { () throws(ServiceError) in
                    guard let record = try record.get() else { throw .notFound }
                    return part(try open(record, of: tokens[index], in: &session))
                }
            }
        }
        trail.noteUnreadable(results, of: requests, tokens, in: .a)
        return results
    }

    /// Reads records, in one transaction with what the audit log has of the requests. `unreadable` for persons who are
    /// older than this machine has seen.
    func read(
        _ tokens: [SubjectToken], for requests: [SubjectRequest]
    ) async throws(ServiceError) -> [Result<PersonRecord?, ServiceError>] {
        let new = zip(requests, tokens).filter { !$0.0.isAudited }
        let audit = trail.granted(new.lazy.map(\.0.access), to: new.lazy.map(\.1))
        // Asked again in halves, the store finds that it has the records.
        let read = { [repository] (tokens: [SubjectToken]) async throws(StoreError) in
            try await repository.read(tokens, audit: audit)
        }
        return try await latest(try await ask(read, tokens))
    }

    private func open(
        _ record: consuming PersonRecord, of token: SubjectToken, in session: inout VaultSession
    ) throws(ServiceError) -> OpenPerson {
        do throws(VaultError) {
            let sealer = PersonSealer(token: token, key: try session.unwrap(record.dataKey, for: token))
            let values = try sealer.checkState(of: record, in: &session)
            seen?.raise(to: record, in: &session)
            let person = try sealer.openPerson(record, in: &session)
            var debts: [DebtView] = []
            debts.reserveCapacity(record.debts.count)
            for debt in record.debts { debts.append(try sealer.openDebt(debt, in: &session)) }
            record.times = session.shown(record.times, of: .subject(token))
            let view = PersonView(
                person: person, debts: debts, version: record.version, createdAt: record.times.created,
                updatedAt: record.times.updated, hasCancelledCadastro: record.cadastroCancelledAt != nil)
            record.debts = []
            return OpenPerson(record: record, sealer: sealer, view: view, values: values)
        } catch {
            throw .unreadable(.a)
        }
    }
}
