import Bureau
import Repositories
import Vault

/// A person who was deleted from base A, and what the other bases hold all the same.
public struct DeletedPerson: Sendable {
    /// The last version that there was.
    public var version: Int64
    public var left: [Leftover]

    public enum Leftover: String, CaseIterable, Sendable {
        case profile
        case events
    }
}

/// The deletion of persons from base A alone, which tells what it leaves; `ErasureService` leaves nothing.
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
        var left = zip(await profiles, await events).makeIterator()
        return deleted.map { result in
            result.map { written in
                let (hasProfile, hasEvents) = left.next() ?? (true, true)
                return DeletedPerson(
                    version: written.version, left: (hasProfile ? [.profile] : []) + (hasEvents ? [.events] : []))
            }
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

    private func haveEvents(_ cpfs: [CPF], _ accesses: [Access]) async -> [Bool] {
        if cpfs.isEmpty { return [] }
        let tokens = vaultC.tokens(of: cpfs)
        guard (try? persons.trail.journal(accesses, to: tokens, in: .c)) != nil,
            let found = try? await events.latest(tokens)
        else { return cpfs.map { _ in true } }
        return found.map { $0.bureauQuery != nil || $0.movement != nil || $0.cardPurchase != nil }
    }
}
