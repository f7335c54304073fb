import Bureau
import Repositories
import Vault

/// Persons and their debts: sealing, access control and audit around base A.
public struct PersonService: Sendable {
    let vault: BaseVault
    let repository: any PersonRepository
    let control: AccessControl
    let trail: AuditTrail
    let stamps: Stamps
    let wrapping: WrappingBudget
    let keyBounds: DataKeyBounds
    /// What has subjects found under their present tokens; nil where token keys are not rotated.
    let moves: TokenMoves?
    /// What this machine has seen of records; nil where it keeps nothing of it.
    let seen: SeenVersions?

    public init(
        vault: BaseVault, repository: any PersonRepository, control: AccessControl, trail: AuditTrail, stamps: Stamps,
        wrapping: WrappingBudget? = nil, keyBounds: DataKeyBounds = DataKeyBounds(), moves: TokenMoves? = nil,
        seen: SeenVersions? = nil
    ) {
        self.seen = seen
        self.moves = moves
        self.keyBounds = keyBounds
        self.wrapping = wrapping ?? WrappingBudget(vault: vault, register: repository)
        self.trail = trail
        self.vault = vault
        self.repository = repository
        self.control = control
        self.stamps = stamps
    }

    /// Creates persons at version 1, or after the last version of a person who was deleted. `alreadyExists`,
    /// `limitReached`, `forbidden`.
    public func create(_ drafts: [PersonDraft]) async -> [Result<Written, ServiceError>] {
        await control.permitted(drafts) { await createPermitted($0) }
    }

    private func createPermitted(_ drafts: [PersonDraft]) async -> [Result<Written, ServiceError>] {
        await vault.once(drafts, lookUp: repository.receipts, answer: { Written($0) }) { drafts in
            await batch(of: drafts.count) { () async throws(ServiceError) in
                try await wrapping.take(drafts.count)
                let prepared = vault.withSession { session in
                    drafts.map { draft in
                        Result { () throws(ServiceError) in try creation(of: draft, in: &session) }
                    }
                }
                let creations = prepared.compactMap { try? $0.get() }
                let accesses = zip(drafts, prepared).filter { (try? $1.get()) != nil }.map(\.0.access)
                let audit = trail.granted(accesses, to: creations.lazy.map(\.token))
                let create = { [repository] (creations: [PersonCreation]) async throws(StoreError) in
                    try await repository.create(creations, audit: audit)
                }
                var outcomes = try await write(creations, by: create).makeIterator()
                return prepared.map { creation in
                    creation.flatMap { creation in
                        let version = (outcomes.next() ?? .failure(.contended)).flatMap(\.version)
                        return version.map {
                            Written(version: $0, at: creation.at, debtIDs: creation.debts.map(\.debtID))
                        }
                    }
                }
            }
        }
    }

    /// Reads persons without the debts that are not given out any more; the audit log has each read, also a read that
    /// finds nobody. `notFound`, `forbidden`.
    public func read(_ reads: [SubjectRead]) async -> [Result<Disclosed<PersonView>, ServiceError>] {
        await control.disclosed(reads) { reads, _ in await views(reads) }
    }

    /// Reads persons for accesses that were granted.
    func views(_ reads: [SubjectRead]) async -> [Result<PersonView, ServiceError>] {
        await batch(of: reads.count) { () async throws(ServiceError) in
            let today = CalendarDate.inSaoPaulo(stamps.now())
            let found = try await openAudited(reads.map { SubjectRequest($0) }) { $0.view }
            return zip(reads, found).map { read, found in
                found.map { $0.givenOut(for: read.access.purpose, on: today) }
            }
        }
    }

    /// Merges patches into persons. `notFound`, `versionConflict`, `invalidPatch`, `forbidden`.
    public func update(_ writes: [SubjectWrite<PersonPatch>]) async -> [Result<Written, ServiceError>] {
        await control.permitted(writes) { await updatePermitted($0) }
    }

    private func updatePermitted(_ writes: [SubjectWrite<PersonPatch>]) async -> [Result<Written, ServiceError>] {
        await vault.once(writes, lookUp: repository.receipts, answer: { Written($0) }) { writes in
            await Attempt.settle(writes) { (writes) async throws(ServiceError) in
                let found = try await openAudited(writes.map { SubjectRequest(for: $0) })
                return vault.withSession { session in
                    zip(writes, found).map { write, found in
                        Result { () throws(ServiceError) in try update(of: found, by: write, in: &session) }
                    }
                }
            } write: { (updates) async throws(ServiceError) in
                zip(updates, try await write(updates, by: repository.update)).map { update, outcome in
                    outcome.flatMap(\.version).map { Written(version: $0, at: update.at) }
                }
            }
        }
    }

    /// Deletes persons with their debts. `notFound`, `versionConflict`, `forbidden`.
    public func delete(_ deletions: [SubjectWrite<Void>]) async -> [Result<Written, ServiceError>] {
        await control.permitted(deletions) { await deletePermitted($0) }
    }

    private func deletePermitted(_ deletions: [SubjectWrite<Void>]) async -> [Result<Written, ServiceError>] {
        await vault.once(deletions, lookUp: repository.receipts, answer: { Written($0) }) { deletions in
            await batch(of: deletions.count) { () async throws(ServiceError) in
                let at = stamps.now()
                let tokens = vault.tokens(of: deletions.lazy.map(\.cpf))
                let outdated = try await outdated(tokens)
                let items = deletions.indices.filter { !outdated.contains($0) }.map { index in
                    PersonDeletion(
                        token: tokens[index], expectedVersion: deletions[index].expectedVersion,
                        receipt: deletions[index].mark?.receipt(at: at))
                }
                let audit = trail.granted(deletions.lazy.map(\.access), to: tokens)
                let delete = { [repository] (items: [PersonDeletion]) async throws(StoreError) in
                    try await repository.delete(items, audit: audit)
                }
                var outcomes = try await write(items, by: delete).makeIterator()
                let results = deletions.indices.map { index in
                    let outcome = outdated.contains(index) ? nil : outcomes.next()
                    return (outcome ?? .failure(.unreadable(.a))).flatMap(\.version).map {
                        Written(version: $0, at: at)
                    }
                }
                trail.noteUnreadable(results, of: deletions, tokens, in: .a)
                return results
            }
        }
    }

    private func creation(
        of draft: PersonDraft, in session: inout VaultSession
    ) throws(ServiceError) -> PersonCreation {
        let open = draft.debts.count { $0.status.isOpen }
        if open > DebtLimits.maximumOpenDebts { throw .limitReached(.openDebts) }
        let at = stamps.now()
        return try sealing { () throws(VaultError) in
            let token = session.token(of: draft.person.cpf)
            let (key, wrapped) = try session.makeDataKey(for: token)
            let sealer = PersonSealer(token: token, key: key)
            let sealed = try sealer.seal(draft.person, in: &session)
            var debts: [NewDebt] = []
            for debt in draft.debts {
                debts.append(try sealer.seal(debt, id: stamps.randomID(), version: 1, at: at, in: &session))
            }
            var creation = PersonCreation(
                token: token, dataKey: wrapped, identity: sealed.identity, address: sealed.address,
                layout: sealed.layout, debts: debts, at: at,
                receipt: draft.mark?.receipt(at: at, body: Written.receiptBody(debts.map(\.debtID))))
            let values = PersonValues(identity: sealed.identity, address: sealed.address, debts: debts)
            creation.times = session.hidden(RowTimes(at), of: .subject(token))
            creation.state = try sealer.state(ofNew: values, newStamp(for: token, &session), in: &session)
            return creation
        }
    }

    func update(
        of found: Result<OpenPerson, ServiceError>, by write: SubjectWrite<PersonPatch>, in session: inout VaultSession
    ) throws(ServiceError) -> PersonUpdate {
        let open = try found.get()
        try write.requireVersion(open.record.version)
        let current = open.view.person
        let patched = try patching { () throws(PatchError) in try write.content.applied(to: current) }
        try refusePatch(write.content.violations(of: patched, from: current, at: stamps.now()))
        let sealed = try sealing { () throws(VaultError) in try open.sealer.seal(patched, in: &session) }
        let values = open.values.updated(identity: sealed.identity, address: sealed.address)
        let state = try sealing { () throws(VaultError) in
            let stamp = newStamp(for: open.record.token, &session)
            return try open.sealer.state(of: values, version: open.record.version + 1, stamp, in: &session)
        }
        let at = max(stamps.now(), open.record.times.updated)
        var update = PersonUpdate(
            token: open.record.token, dataKey: open.record.dataKey, expectedVersion: open.record.version,
            identity: sealed.identity, address: sealed.address, layout: sealed.layout, at: at,
            receipt: write.mark?.receipt(at: at))
        update.times = session.hidden(RowTimes(at), of: .subject(update.token))
        update.state = state
        return update
    }
}
