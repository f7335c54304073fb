import Bureau
import Repositories
import Vault

/// Profiles in base B: sealing, and the order of reads and writes.
package struct ProfileService: Sendable {
    let vault: BaseVault
    let repository: any ProfileRepository
    let stamps: Stamps

    package init(vault: BaseVault, repository: any ProfileRepository, stamps: Stamps) {
        self.vault = vault
        self.repository = repository
        self.stamps = stamps
    }

    /// Writes whole profiles. `versionConflict`.
    package func put(_ drafts: [ProfileDraft]) async -> [Result<Written, ServiceError>] {
        await batch(of: drafts.count) { () async throws(ServiceError) in
            let puts = try vault.sealing { (session) throws(VaultError) in
                var puts: [ProfilePut] = []
                puts.reserveCapacity(drafts.count)
                for draft in drafts {
                    puts.append(try put(draft.profile, expecting: draft.expectedVersion, in: &session))
                }
                return puts
            }
            return try await write(puts)
        }
    }

    /// Reads profiles. `notFound`.
    package func read(_ cpfs: [CPF]) async -> [Result<ProfileView, ServiceError>] {
        await batch(of: cpfs.count) { () async throws(ServiceError) in
            let tokens = try vault.sealing { (session) throws(VaultError) in cpfs.map { session.token(of: $0) } }
            let records = try await asking { () async throws(StoreError) in
                try await repository.read(tokens)
            }
            return try vault.sealing { (session) throws(VaultError) in
                cpfs.indices.map { index in
                    guard let record = records[index] else { return .failure(.notFound) }
                    return open(record, of: tokens[index], cpf: cpfs[index], in: &session)
                }
            }
        }
    }

    /// Merges patches into profiles. `notFound`, `versionConflict`, `invalidPatch`.
    package func update(_ changes: [ProfileChange]) async -> [Result<Written, ServiceError>] {
        await Attempt.settle(changes) { changes in await attempt(changes) }
    }

    /// Deletes profiles with their scores. `notFound`, `versionConflict`.
    package func delete(_ deletions: [SubjectDeletion]) async -> [Result<Written, ServiceError>] {
        await batch(of: deletions.count) { () async throws(ServiceError) in
            let at = stamps.now()
            let items = try vault.sealing { (session) throws(VaultError) in
                deletions.map {
                    ProfileDeletion(
                        token: session.token(of: $0.cpf), expectedVersion: $0.expectedVersion)
                }
            }
            let outcomes = try await asking { () async throws(StoreError) in try await repository.delete(items) }
            return outcomes.map { $0.version.map { Written(version: $0, at: at) } }
        }
    }

    private func attempt(_ changes: [ProfileChange]) async -> [Attempt<Written>] {
        let found = await read(changes.map(\.cpf))
        let prepared = await batch(of: changes.count) { () async throws(ServiceError) in
            try vault.sealing { (session) throws(VaultError) in
                var puts: [Result<ProfilePut, ServiceError>] = []
                for (change, found) in zip(changes, found) {
                    puts.append(try put(change, onto: found, in: &session))
                }
                return puts
            }
        }
        let puts = prepared.compactMap { try? $0.get() }
        let outcomes = await batch(of: puts.count) { () async throws(ServiceError) in try await write(puts) }
        return Attempt.merge(prepared, outcomes, isCallersVersion: changes.map { $0.expectedVersion != nil })
    }

    private func put(
        _ change: ProfileChange, onto found: Result<ProfileView, ServiceError>, in session: inout Session
    ) throws(VaultError) -> Result<ProfilePut, ServiceError> {
        let view: ProfileView
        switch found {
        case .success(let profile): view = profile
        case .failure(let error): return .failure(error)
        }
        if let expected = change.expectedVersion, expected != view.version {
            return .failure(.versionConflict(current: view.version))
        }
        let patched: Profile
        do throws(PatchError) {
            patched = try change.patch.applied(to: view.profile)
        } catch {
            return .failure(ServiceError(error))
        }
        return .success(try put(patched, expecting: view.version, in: &session))
    }

    private func put(
        _ profile: Profile, expecting version: Int64?, in session: inout Session
    ) throws(VaultError) -> ProfilePut {
        let token = session.token(of: profile.cpf)
        let (key, wrapped) = try session.makeDataKey(for: token)
        let content = try ProfileBox(token: token, key: key)
            .seal(profile, dataKey: wrapped, in: &session)
        return ProfilePut(content: content, expectedVersion: version, at: stamps.now())
    }

    private func write(_ puts: [ProfilePut]) async throws(ServiceError) -> [Result<Written, ServiceError>] {
        if puts.isEmpty { return [] }
        let outcomes = try await asking { () async throws(StoreError) in try await repository.put(puts) }
        return zip(puts, outcomes).map { put, outcome in outcome.version.map { Written(version: $0, at: put.at) } }
    }

    private func open(
        _ record: ProfileRecord, of token: SubjectToken, cpf: CPF, in session: inout Session
    ) -> Result<ProfileView, ServiceError> {
        do throws(VaultError) {
            let box = ProfileBox(token: token, key: try session.unwrap(record.content.dataKey.bytes, for: token))
            return .success(
                ProfileView(
                    profile: try box.open(record.content, cpf: cpf, in: &session), version: record.version,
                    createdAt: record.createdAt, updatedAt: record.updatedAt))
        } catch {
            return .failure(.unreadable(.b))
        }
    }
}
