import Bureau
import Repositories
import Vault

/// A change of one debt of a person.
public enum DebtEdit: Sendable {
    /// Adds a debt; the expected version is the person's.
    case add(Debt)
    /// Merges a patch into a debt; the expected version is the debt's.
    case update(RecordID, DebtPatch)
    /// Removes a debt; the expected version is the debt's.
    case remove(RecordID)
}

/// Single debts of persons, which are read, audited and sealed with their persons.
public struct DebtService: Sendable {
    private let persons: PersonService

    public init(persons: PersonService) {
        self.persons = persons
    }

    /// Lists a person's debts in the order in which they were added. `notFound`, `forbidden`.
    public func list(_ reads: [SubjectRead]) async -> [Result<Disclosed<[DebtView]>, ServiceError>] {
        await persons.control.disclosed(reads) { reads, _ in await persons.views(reads).map { $0.map(\.debts) } }
    }

    /// Adds, changes or removes debts. `notFound`, `alreadyExists`, `versionConflict`, `invalidPatch`, `limitReached`,
    /// `forbidden`.
    public func write(_ writes: [SubjectWrite<DebtEdit>]) async -> [Result<Written, ServiceError>] {
        await persons.control.permitted(writes) { await writePermitted($0) }
    }

    private func writePermitted(_ writes: [SubjectWrite<DebtEdit>]) async -> [Result<Written, ServiceError>] {
        let repository = persons.repository
        return await persons.vault.once(writes, lookUp: repository.receipts, answer: { Written($0) }) { writes in
            await Attempt.settle(writes) { (writes) async throws(ServiceError) in
                let found = try await persons.openAudited(writes.map { SubjectRequest(for: $0) })
                let isHeld = try await areHeldByDisputes(writes, found)
                return persons.vault.withSession { session in
                    zip(zip(writes, isHeld), found).map { write, found in
                        Result { () throws(ServiceError) in
                            if write.1 { throw .forbidden(.disputed) }
                            return try change(of: found, by: write.0, in: &session)
                        }
                    }
                }
            } write: { (changes) async throws(ServiceError) in
                zip(changes, try await persons.write(changes, by: repository.write)).map { change, outcome in
                    outcome.flatMap(\.version).map {
                        Written(version: $0, at: change.at, debtIDs: [change.action.debtID])
                    }
                }
            }
        }
    }

    /// Whether each write would end the contested state of a debt whose dispute is open. The store is asked only for
    /// those that change the status of a contested debt.
    private func areHeldByDisputes(
        _ writes: [SubjectWrite<DebtEdit>], _ found: [Result<OpenPerson, ServiceError>]
    ) async throws(ServiceError) -> [Bool] {
        var isHeld = [Bool](repeating: false, count: writes.count)
        let endings = zip(writes, found).map { write, found in
            (try? found.get()).flatMap { write.content.contestedDebt(of: $0) }
        }
        let asked = endings.indices.filter { endings[$0] != nil }
        if asked.isEmpty { return isHeld }
        let tokens = persons.vault.tokens(of: asked.map { writes[$0].cpf })
        let requests = try await RightsService(persons: persons).requests(.dispute, of: tokens)
        for (index, requests) in zip(asked, requests) {
            isHeld[index] = try requests.get().contains { $0.debtID == endings[index] && $0.completion == nil }
        }
        return isHeld
    }

    private func change(
        of found: Result<OpenPerson, ServiceError>, by write: SubjectWrite<DebtEdit>, in session: inout VaultSession
    ) throws(ServiceError) -> DebtChange {
        let open = try found.get()
        let at = max(persons.stamps.now(), open.record.times.updated)
        let action: DebtChange.Action
        let values: PersonValues
        // Every change is one of the person as it was read: the state is about all debts. Otherwise two daemons could
        // also each add the hundredth debt, or two debts of one contract.
        let version = open.record.version
        switch write.content {
        case .add(let debt):
            try open.view.requireRoom(for: debt, replacing: nil)
            let new = try seal(debt, id: persons.stamps.randomID(), version: 1, at: at, of: open, in: &session)
            try write.requireVersion(version)
            action = .add(new, expectedPersonVersion: version)
            values = open.values.with(new, version: 1)
        case .update(let debtID, let patch):
            guard let current = open.view.debts.first(where: { $0.debtID == debtID }) else { throw .notFound }
            try write.requireVersion(current.version)
            let patched = try patching { () throws(PatchError) in try patch.applied(to: current.debt) }
            try refusePatch(patch.violations(of: patched, at: persons.stamps.now()))
            if current.debt.mayCollide(as: patched) { try open.view.requireRoom(for: patched, replacing: current) }
            let sealed = try seal(patched, id: debtID, version: current.version + 1, at: at, of: open, in: &session)
            action = .replace(sealed, expectedVersion: current.version, expectedPersonVersion: version)
            values = open.values.with(sealed, version: current.version + 1)
        case .remove(let debtID):
            guard let current = open.view.debts.first(where: { $0.debtID == debtID }) else { throw .notFound }
            try write.requireVersion(current.version)
            action = .remove(debtID, expectedVersion: current.version, expectedPersonVersion: version)
            values = open.values.without(debtID)
        }
        var change = DebtChange(
            token: open.record.token, dataKey: open.record.dataKey, action: action, at: at,
            receipt: write.mark?.receipt(at: at, body: Written.receiptBody([action.debtID])))
        change.times = session.hidden(RowTimes(at), of: .subject(change.token))
        change.state = try sealing { () throws(VaultError) in
            let stamp = persons.newStamp(for: change.token, &session)
            return try open.sealer.state(of: values, version: version + 1, stamp, in: &session)
        }
        return change
    }

    private func seal(
        _ debt: Debt, id: RecordID, version: Int64, at: Instant, of open: OpenPerson, in session: inout VaultSession
    ) throws(ServiceError) -> NewDebt {
        try sealing { () throws(VaultError) in
            try open.sealer.seal(debt, id: id, version: version, at: at, in: &session)
        }
    }
}

extension DebtEdit {
    /// The contested debt whose status a patch changes; nil for other edits.
    fileprivate func contestedDebt(of person: OpenPerson) -> RecordID? {
        guard case .update(let debtID, let patch) = self, patch.status != .keep, patch.status != .set(.disputed),
            let debt = person.view.debts.first(where: { $0.debtID == debtID }), debt.debt.status == .disputed
        else { return nil }
        return debtID
    }
}

extension DebtChange.Action {
    fileprivate var debtID: RecordID {
        switch self {
        case .add(let debt, _), .replace(let debt, _, _): debt.debtID
        case .remove(let debtID, _, _): debtID
        }
    }
}

extension PersonView {
    /// Throws `alreadyExists` when another debt has the contract of this one, and `limitReached` when the person may
    /// have no further debt, or no further open debt.
    func requireRoom(for debt: Debt, replacing former: DebtView?) throws(ServiceError) {
        if let twin = debts.first(where: { $0.debtID != former?.debtID && $0.debt.hasContract(of: debt) }) {
            throw .alreadyExists(debtID: twin.debtID)
        }
        if former == nil, debts.count >= DebtLimits.maximumDebts { throw .limitReached(.debts) }
        guard debt.status.isOpen, former?.debt.status.isOpen != true else { return }
        let open = debts.count { $0.debt.status.isOpen }
        if open >= DebtLimits.maximumOpenDebts { throw .limitReached(.openDebts) }
    }
}

extension Debt {
    /// Whether a change to `other` has to be judged beside the person's other debts.
    func mayCollide(as other: Debt) -> Bool {
        let hasNewContract =
            other.contractID != nil
            && (other.contractID != contractID || other.creditor != creditor || other.creditorCNPJ != creditorCNPJ)
        return hasNewContract || other.status.isOpen && !status.isOpen
    }
}

/// What a record may hold only so many of.
enum RecordLimit {
    case openDebts
    case debts
    case payments
}

extension ServiceError {
    static func limitReached(_ limit: RecordLimit) -> ServiceError {
        switch limit {
        case .openDebts: .limitReached(limit: "open_debts", most: DebtLimits.maximumOpenDebts)
        case .debts: .limitReached(limit: "debts", most: DebtLimits.maximumDebts)
        case .payments: .limitReached(limit: "payments", most: DebtLimits.maximumPayments)
        }
    }
}
