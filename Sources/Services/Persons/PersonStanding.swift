import Bureau
import Repositories
import Vault

/// What a score needs to know of a person in base A.
struct PersonStanding: Hashable, Sendable {
    var birthDate: CalendarDate
    var isDeceased: Bool

    init(_ person: Person) {
        birthDate = person.birthDate
        isDeceased = person.registration?.status == .deceased
    }
}

extension PersonService {
    /// Reads what scores need of persons, nil for nobody; nothing of it is given out. The audit log has each read.
    func standings(
        _ reads: [SubjectRead]
    ) async throws(ServiceError) -> [Result<PersonStanding?, ServiceError>] {
        let requests = reads.map { SubjectRequest($0) }
        let tokens = vault.tokens(of: reads.lazy.map(\.cpf))
        let records = try await read(tokens, for: requests)
        let standings: [Result<PersonStanding?, ServiceError>] = vault.withSession { session in
            zip(tokens, records).map { token, found in
                found.flatMap { record in
                    guard let record else { return .success(nil) }
                    return standing(record, of: token, in: &session).map { $0 }
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
            return .success(PersonStanding(try sealer.openPerson(record, in: &session)))
        } catch {
            return .failure(.unreadable(.a))
        }
    }
}
