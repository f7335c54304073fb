import Bureau
import Repositories
import Vault

/// Single debts of persons, which are read, audited and sealed with them.
package struct DebtService: Sendable {
    /// The most debts that one person has, as `types/person.json` promises.
    package static let maximumDebts = 100

    private let persons: PersonService

    package init(persons: PersonService) {
        self.persons = persons
    }

    /// Whether the request's purpose allows what it asks for; no store is asked. `forbidden`.
    package func authorise(_ request: PersonRequest) -> Result<Void, ServiceError> {
        persons.authorise(request)
    }

    /// Lists a person's debts in the order in which they were added. `notFound`, `forbidden`.
    package func list(_ requests: [PersonRequest]) async -> [Result<[DebtView], ServiceError>] {
        await persons.read(requests).map { $0.map(\.debts) }
    }

    /// Adds, changes or removes debts. `notFound`, `versionConflict`, `invalidPatch`.
    package func write(_ writes: [DebtWrite]) async -> [Result<DebtWritten, ServiceError>] {
        await Attempt.settle(writes) { writes in await attempt(writes) }
    }

    private func attempt(_ writes: [DebtWrite]) async -> [Attempt<DebtWritten>] {
        let requests = writes.map { PersonRequest(cpf: $0.cpf, action: $0.action.name, purpose: nil) }
        let prepared = await batch(of: writes.count) { () async throws(ServiceError) in
            let found = try await persons.openAudited(requests)
            return try persons.vault.sealing { (session) throws(VaultError) in
                var changes: [Result<DebtChange, ServiceError>] = []
                for (write, found) in zip(writes, found) {
                    changes.append(try change(write, of: found, in: &session))
                }
                return changes
            }
        }
        let changes = prepared.compactMap { try? $0.get() }
        let outcomes = await batch(of: changes.count) { () async throws(ServiceError) in
            let outcomes =
                changes.isEmpty
                ? [] : try await asking { () async throws(StoreError) in try await persons.repository.write(changes) }
            return zip(changes, outcomes).map { change, outcome in
                outcome.version.map { DebtWritten(debtID: change.action.debtID, version: $0, at: change.at) }
            }
        }
        return Attempt.merge(prepared, outcomes, isCallersVersion: writes.map(\.action.namesVersion))
    }

    private func change(
        _ write: DebtWrite, of found: Result<OpenPerson, ServiceError>, in session: inout Session
    ) throws(VaultError) -> Result<DebtChange, ServiceError> {
        let open: OpenPerson
        switch found {
        case .success(let person): open = person
        case .failure(let error): return .failure(error)
        }
        let at = persons.stamps.now()
        let action: Result<DebtChange.Action, ServiceError>
        switch write.action {
        case .add(let debt, let expected):
            guard open.view.debts.count < Self.maximumDebts else {
                return .failure(.tooManyDebts(limit: Self.maximumDebts))
            }
            let new = try open.box.seal(debt, id: persons.stamps.recordID(at: at), in: &session)
            // Also when the caller names no version: otherwise two daemons could each add the hundredth debt.
            action = .success(.add(new, expectedPersonVersion: expected ?? open.record.version))
        case .update(let debtID, let patch, let expected):
            action = try replacement(of: debtID, by: patch, expected: expected, in: open, session: &session)
        case .remove(let debtID, let expected):
            action = .success(.remove(debtID, expectedVersion: expected))
        }
        return action.map { DebtChange(token: open.record.token, dataKey: open.record.dataKey, action: $0, at: at) }
    }

    private func replacement(
        of debtID: RecordID, by patch: DebtPatch, expected: Int64?, in open: OpenPerson, session: inout Session
    ) throws(VaultError) -> Result<DebtChange.Action, ServiceError> {
        guard let debt = open.view.debts.first(where: { $0.debtID == debtID }) else { return .failure(.notFound) }
        if let expected, expected != debt.version { return .failure(.versionConflict(current: debt.version)) }
        let patched: Debt
        do throws(PatchError) {
            patched = try patch.applied(to: debt.debt)
        } catch {
            return .failure(ServiceError(error))
        }
        let sealed = try open.box.seal(patched, id: debtID, in: &session)
        return .success(.replace(sealed, expectedVersion: debt.version))
    }
}

extension DebtChange.Action {
    /// Which debt it is about.
    fileprivate var debtID: RecordID {
        switch self {
        case .add(let debt, _), .replace(let debt, _): debt.debtID
        case .remove(let debtID, _): debtID
        }
    }
}
