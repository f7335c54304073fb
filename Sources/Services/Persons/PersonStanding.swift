import Bureau
import Repositories
import Vault

/// What a score needs to know of a person in base A.
struct PersonStanding: Hashable, Sendable {
    /// Nil when base A does not know the person.
    var birthDate: CalendarDate?
    var isDeceased = false
    var hasCancelledCadastro: Bool

    init(_ person: Person, hasCancelledCadastro: Bool) {
        birthDate = person.birthDate
        isDeceased = person.registration?.status == .deceased
        self.hasCancelledCadastro = hasCancelledCadastro
    }

    /// Stands for somebody whom base A does not know.
    init(hasCancelledCadastro: Bool) {
        self.hasCancelledCadastro = hasCancelledCadastro
    }
}

extension PersonService {
    /// Reads what scores need of persons; nothing of it is given out. The audit log has each read.
    ///
    /// The registers of those whom base A does not know are asked for apart.
    func standings(_ reads: [SubjectRead]) async throws(ServiceError) -> [Result<PersonStanding, ServiceError>] {
        let requests = reads.map { SubjectRequest($0) }
        let tokens = vault.tokens(of: reads.lazy.map(\.cpf))
        let records = try await read(tokens, for: requests)
        let unknown = zip(tokens, records).filter { (try? $1.get()) == .some(nil) }.map(\.0)
        var cadastros = try await ask(repository.cadastros, unknown).makeIterator()
        let standings: [Result<PersonStanding, ServiceError>] = vault.withSession { session in
            zip(tokens, records).map { token, found in
                found.flatMap { record in
                    if let record { return standing(record, of: token, in: &session) }
                    return (cadastros.next() ?? .failure(.contended)).map {
                        PersonStanding(hasCancelledCadastro: $0?.isCancelled ?? false)
                    }
                }
            }
        }
        trail.noteUnreadable(standings, of: requests, tokens, in: .a)
        return standings
    }

    private func standing(
        _ record: PersonRecord, of token: SubjectToken, in session: inout VaultSession
    ) -> Result<PersonStanding, ServiceError> {
        do throws(VaultError) {
            let sealer = PersonSealer(token: token, key: try session.unwrap(record.dataKey, for: token))
            return .success(
                PersonStanding(
                    try sealer.openPerson(record, in: &session),
                    hasCancelledCadastro: record.cadastroCancelledAt != nil))
        } catch {
            return .failure(.unreadable(.a))
        }
    }
}
