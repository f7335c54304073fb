import Bureau
import Repositories
import Vault

/// A person who was deleted from base A, and what the bases hold all the same.
public struct DeletedPerson: Sendable {
    /// The last version that there was.
    public var version: Int64
    public var left: [Leftover]

    public enum Leftover: String, CaseIterable, Sendable {
        case profile
        case events
        /// What the person has asked for by their rights, of which the law wants to be told how it was answered.
        case requests
        /// That the person's register of positive data was closed, so that nobody opens it by another creation.
        case cadastro
    }
}

/// The deletion of persons' records from base A, which tells what it leaves; `ErasureService` leaves nothing.
public struct PersonDeletionService: Sendable {
    private let persons: PersonService
    private let profiles: any ProfileRepository
    private let events: any EventRepository
    private let vaultB: BaseVault
    private let vaultC: BaseVault

    public init(
        persons: PersonService, profiles: any ProfileRepository, events: any EventRepository, vaultB: BaseVault,
        vaultC: BaseVault
    ) {
        self.persons = persons
        self.profiles = profiles
        self.events = events
        self.vaultB = vaultB
        self.vaultC = vaultC
    }

    /// Deletes persons with their debts. What a base that cannot be asked may hold counts as left. `notFound`,
    /// `versionConflict`, `forbidden`.
    public func delete(_ deletions: [SubjectWrite<Void>]) async -> [Result<DeletedPerson, ServiceError>] {
        let deleted = await persons.delete(deletions)
        let cpfs = zip(deletions, deleted).compactMap { deletion, result in
            (try? result.get()).map { _ in deletion.cpf }
        }
        let accesses = zip(deletions, deleted).filter { (try? $1.get()) != nil }.map(\.0.access)
        async let profiles = haveProfiles(cpfs, accesses)
        async let events = haveEvents(cpfs, accesses)
        async let rights = haveRights(cpfs)
        let (hasProfile, hasEvents, (hasRequests, hasCadastro)) = (await profiles, await events, await rights)
        var left = cpfs.indices.map { index in
            [
                (DeletedPerson.Leftover.profile, hasProfile[index]), (.events, hasEvents[index]),
                (.requests, hasRequests[index]), (.cadastro, hasCadastro[index]),
            ].filter(\.1).map(\.0)
        }.makeIterator()
        return deleted.map { result in
            result.map { DeletedPerson(version: $0.version, left: left.next() ?? DeletedPerson.Leftover.allCases) }
        }
    }

    private func haveProfiles(_ cpfs: [CPF], _ accesses: [Access]) async -> [Bool] {
        if cpfs.isEmpty { return [] }
        let tokens = vaultB.tokens(of: cpfs)
        guard (try? persons.trail.journal(accesses, to: tokens, in: .b)) != nil,
            let found = try? await profiles.read(tokens)
        else { return cpfs.map { _ in true } }
        return found.map { found in
            if case .success(nil) = found { false } else { true }
        }
    }

    /// Asks on behalf of the deletion, which has left its entry in the audit log.
    private func haveRights(_ cpfs: [CPF]) async -> (requests: [Bool], cadastros: [Bool]) {
        if cpfs.isEmpty { return ([], []) }
        let tokens = persons.vault.tokens(of: cpfs)
        let queries = tokens.map { RequestQuery(token: $0, kind: nil, before: nil, limit: 1) }
        async let requests = persons.repository.requests(queries)
        async let cadastros = persons.repository.cadastros(tokens)
        return (
            (try? await requests.map { !$0.isEmpty }) ?? cpfs.map { _ in true },
            (try? await cadastros.map { $0 != nil }) ?? cpfs.map { _ in true }
        )
    }

    private func haveEvents(_ cpfs: [CPF], _ accesses: [Access]) async -> [Bool] {
        if cpfs.isEmpty { return [] }
        let tokens = vaultC.tokens(of: cpfs)
        guard (try? persons.trail.journal(accesses, to: tokens, in: .c)) != nil,
            let found = try? await events.latest(tokens)
        else { return cpfs.map { _ in true } }
        return found.map { $0.bureauQuery != nil || $0.movement != nil || $0.cardPurchase != nil }
    }
}
