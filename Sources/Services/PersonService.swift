import Bureau
import Repositories
import Vault

/// Persons and their debts: sealing, policy and audit around base A.
package struct PersonService: Sendable {
    let vault: BaseVault
    let repository: any PersonRepository
    let policy: Policy
    let stamps: Stamps

    package init(vault: BaseVault, repository: any PersonRepository, policy: Policy, stamps: Stamps) {
        self.vault = vault
        self.repository = repository
        self.policy = policy
        self.stamps = stamps
    }

    /// Creates persons at version 1. `alreadyExists`.
    package func create(_ drafts: [PersonDraft]) async -> [Result<PersonCreated, ServiceError>] {
        await batch(of: drafts.count) { () async throws(ServiceError) in
            let creations = try vault.sealing { (session) throws(VaultError) in
                var creations: [PersonCreation] = []
                creations.reserveCapacity(drafts.count)
                for draft in drafts { creations.append(try creation(of: draft, in: &session)) }
                return creations
            }
            let outcomes = try await asking { () async throws(StoreError) in try await repository.create(creations) }
            return zip(creations, outcomes).map { creation, outcome in
                outcome.version.map { version in
                    PersonCreated(
                        version: version, createdAt: creation.at, debtIDs: creation.debts.map(\.debtID))
                }
            }
        }
    }

    /// Reads persons; each read is audited, also one that finds nobody. `notFound`, `forbidden`.
    package func read(_ requests: [PersonRequest]) async -> [Result<PersonView, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let found = try await openAudited(requests)
            return found.map { found in found.map(\.view) }
        }
    }

    /// Merges patches into persons. `notFound`, `versionConflict`, `invalidPatch`.
    package func update(_ changes: [PersonChange]) async -> [Result<Written, ServiceError>] {
        await Attempt.settle(changes) { changes in await attempt(changes) }
    }

    /// Deletes persons with their debts. `notFound`, `versionConflict`.
    package func delete(_ deletions: [SubjectDeletion]) async -> [Result<Written, ServiceError>] {
        await batch(of: deletions.count) { () async throws(ServiceError) in
            let at = stamps.now()
            let items = try vault.sealing { (session) throws(VaultError) in
                deletions.map { deletion in
                    let token = session.token(of: deletion.cpf)
                    return PersonDeletion(
                        token: token, expectedVersion: deletion.expectedVersion,
                        audit: audit(token, "person.delete", at: at))
                }
            }
            let outcomes = try await asking { () async throws(StoreError) in try await repository.delete(items) }
            return outcomes.map { $0.version.map { Written(version: $0, at: at) } }
        }
    }

    private func creation(of draft: PersonDraft, in session: inout Session) throws(VaultError) -> PersonCreation {
        let at = stamps.now()
        let token = session.token(of: draft.person.cpf)
        let (key, wrapped) = try session.makeDataKey(for: token)
        let box = PersonBox(token: token, key: key)
        let sealed = try box.seal(draft.person, in: &session)
        var debts: [NewDebt] = []
        for debt in draft.debts { debts.append(try box.seal(debt, id: stamps.recordID(at: at), in: &session)) }
        return PersonCreation(
            token: token, dataKey: wrapped, identity: sealed.identity,
            address: sealed.address, debts: debts, at: at, audit: audit(token, "person.create", at: at))
    }

    private func attempt(_ changes: [PersonChange]) async -> [Attempt<Written>] {
        let requests = changes.map { PersonRequest(cpf: $0.cpf, action: "person.update", purpose: nil) }
        let prepared = await batch(of: changes.count) { () async throws(ServiceError) in
            let found = try await openAudited(requests)
            return try vault.sealing { (session) throws(VaultError) in
                var updates: [Result<PersonUpdate, ServiceError>] = []
                for (change, found) in zip(changes, found) {
                    updates.append(try update(found, by: change, in: &session))
                }
                return updates
            }
        }
        return await write(prepared, keeping: changes.map { $0.expectedVersion != nil })
    }

    private func update(
        _ found: Result<OpenPerson, ServiceError>, by change: PersonChange, in session: inout Session
    ) throws(VaultError) -> Result<PersonUpdate, ServiceError> {
        let open: OpenPerson
        switch found {
        case .success(let person): open = person
        case .failure(let error): return .failure(error)
        }
        if let expected = change.expectedVersion, expected != open.record.version {
            return .failure(.versionConflict(current: open.record.version))
        }
        let patched: Person
        do throws(PatchError) {
            patched = try change.patch.applied(to: open.view.person)
        } catch {
            return .failure(ServiceError(error))
        }
        let sealed = try open.box.seal(patched, in: &session)
        return .success(
            PersonUpdate(
                token: open.record.token, dataKey: open.record.dataKey, expectedVersion: open.record.version,
                identity: sealed.identity, address: sealed.address, at: stamps.now()))
    }

    /// Writes the updates that could be prepared. A conflict is the caller's when the caller named the version.
    private func write(
        _ prepared: [Result<PersonUpdate, ServiceError>], keeping isCallersVersion: [Bool]
    ) async -> [Attempt<Written>] {
        let updates = prepared.compactMap { try? $0.get() }
        let outcomes = await batch(of: updates.count) { () async throws(ServiceError) in
            let outcomes =
                updates.isEmpty
                ? [] : try await asking { () async throws(StoreError) in try await repository.update(updates) }
            return zip(updates, outcomes).map { update, outcome in
                outcome.version.map { Written(version: $0, at: update.at) }
            }
        }
        return Attempt.merge(prepared, outcomes, isCallersVersion: isCallersVersion)
    }
}
