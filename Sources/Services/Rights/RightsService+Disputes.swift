import Bureau
import Repositories
import Vault

/// A debt that a person contests.
public struct DisputeOpening: Sendable {
    public var debtID: RecordID
    public var reason: DisputeReason
    public var note: String?

    public init(debtID: RecordID, reason: DisputeReason, note: String?) {
        self.debtID = debtID
        self.reason = reason
        self.note = note
    }
}

/// How a dispute ends.
public struct DisputeResolution: Sendable {
    public var requestID: RecordID
    /// `corrected`, `removed` or `kept`.
    public var outcome: RequestOutcome
    /// What is corrected of the debt; a dispute that ends otherwise has none.
    public var patch: DebtPatch

    public init(requestID: RecordID, outcome: RequestOutcome, patch: DebtPatch = DebtPatch()) {
        self.requestID = requestID
        self.outcome = outcome
        self.patch = patch
    }
}

/// What was done for a request.
public struct FiledRequest: Sendable {
    public var record: RequestRecord
    /// False when the same was done before, and nothing was written.
    public var isNew: Bool
    /// The version of the record that was written with it.
    public var version: Int64?
    public var dueOn: CalendarDate { record.dueOn }
    /// The last day on which those who were given a wrong entry are told; nil when nothing was wrong.
    public var noticeDueOn: CalendarDate? {
        guard let completion = record.completion, completion.outcome == .corrected || completion.outcome == .removed
        else { return nil }
        return LegalTerm.notice.lastDay(from: completion.at)
    }
}

/// Disputes: a contested debt is `disputed` from the opening to the end, whoever writes it meanwhile.
extension RightsService {
    /// Contests debts. A debt has one open dispute: a second opening finds the first. `notFound`, `forbidden`.
    public func dispute(_ writes: [SubjectWrite<DisputeOpening>]) async -> [Result<FiledRequest, ServiceError>] {
        await persons.control.permitted(writes) { writes in
            await settle(writes) { write, person, requests, session throws(ServiceError) in
                let debtID = write.content.debtID
                guard let person, let debt = person.view.debts.first(where: { $0.debtID == debtID }) else {
                    throw .notFound
                }
                if let open = requests.first(where: { $0.debtID == debt.debtID && $0.completion == nil }) {
                    return .done(FiledRequest(record: open, isNew: false))
                }
                return .debt(try opening(of: write.content, about: debt, of: person, in: &session))
            }
        }
    }

    /// Ends disputes; to end one again as before changes nothing. A debt, or a person, that is gone meanwhile is no
    /// hindrance. `notFound`, `alreadyExists`, `invalidPatch`, `forbidden`.
    public func resolve(_ writes: [SubjectWrite<DisputeResolution>]) async -> [Result<FiledRequest, ServiceError>] {
        await persons.control.permitted(writes) { writes in
            await settle(writes) { write, person, requests, session throws(ServiceError) in
                let resolution = write.content
                guard var request = requests.first(where: { $0.requestID == resolution.requestID }) else {
                    throw .notFound
                }
                if let completion = request.completion {
                    guard completion.outcome == resolution.outcome else { throw .notFound }
                    return .done(FiledRequest(record: request, isNew: false))
                }
                let at = max(stamps.now(), person?.record.times.updated ?? .first, request.receivedAt)
                request.completion = RequestCompletion(at: at, outcome: resolution.outcome)
                guard let person, let debt = person.view.debts.first(where: { $0.debtID == request.debtID }) else {
                    return .filing(request)
                }
                let details = person.sealer.openDetails(of: request, in: &session)
                return .debt(
                    try ending(of: request, as: resolution, details, about: debt, of: person, in: &session))
            }
        }
    }
}

/// How disputes are opened and ended.
extension RightsService {
    /// What is to be done for a write, from what was read.
    private enum Prepared: Sendable {
        case done(FiledRequest)
        case debt(DisputedDebt)
        /// Ends the request alone.
        case filing(RequestRecord)
    }

    /// A change of a debt, with the request that it serves.
    private struct DisputedDebt: Sendable {
        var change: DebtChange
        var request: RequestRecord
    }

    /// Reads persons and their disputes, lets `prepare` tell what is to be done, and does it.
    private func settle<Content>(
        _ writes: [SubjectWrite<Content>],
        prepare: (
            SubjectWrite<Content>, OpenPerson?, [RequestRecord], inout VaultSession
        ) throws(ServiceError) -> Prepared
    ) async -> [Result<FiledRequest, ServiceError>] {
        await Attempt.settle(writes) { (writes) async throws(ServiceError) in
            let found = try await persons.openAudited(writes.map { SubjectRequest(for: $0) })
            let requests = try await requests(.dispute, of: vault.tokens(of: writes.lazy.map(\.cpf)))
            return vault.withSession { session in
                zip(writes, zip(found, requests)).map { write, pair in
                    Result { () throws(ServiceError) in
                        try prepare(write, try pair.0.unlessNotFound(), try pair.1.get(), &session)
                    }
                }
            }
        } write: { (prepared) async throws(ServiceError) in
            let changes = prepared.compactMap { if case .debt(let debt) = $0 { debt.change } else { nil } }
            var changed = try await persons.write(changes, by: repository.write).makeIterator()
            var filed = try await ask(
                repository.write,
                prepared.compactMap { if case .filing(let request) = $0 { request.finish } else { nil } }
            ).makeIterator()
            return prepared.map { prepared in
                switch prepared {
                case .done(let request): .success(request)
                case .debt(let debt):
                    (changed.next() ?? .failure(.contended)).flatMap(\.version).map {
                        FiledRequest(record: debt.request, isNew: true, version: $0)
                    }
                case .filing(let request):
                    (filed.next() ?? .failure(.contended)).flatMap(\.version).map { _ in
                        FiledRequest(record: request, isNew: true)
                    }
                }
            }
        }
    }

    /// The dispute of a debt. No limit of open debts holds here, because nobody is refused their right.
    private func opening(
        of dispute: DisputeOpening, about debt: DebtView, of person: OpenPerson, in session: inout VaultSession
    ) throws(ServiceError) -> DisputedDebt {
        let at = max(stamps.now(), person.record.times.updated)
        var request = RequestRecord(
            .dispute, of: person.record.token, id: stamps.recordID(at: at), debtID: debt.debtID, at: at)
        var disputed = debt.debt
        disputed.status = .disputed
        disputed.settledOn = nil
        let details = RequestDetails(
            cpf: person.view.person.cpf, reason: dispute.reason, note: dispute.note, formerStatus: debt.debt.status,
            formerSettledOn: debt.debt.settledOn)
        let new = try sealing { () throws(VaultError) in
            request.details = try person.sealer.seal(details, of: request.requestID, in: &session)
            return try person.sealer.seal(
                disputed, id: debt.debtID, version: debt.version + 1, at: at, in: &session)
        }
        let change = try change(of: debt, to: new, of: person, at: at, .open(request), in: &session)
        return DisputedDebt(change: change, request: request)
    }

    private func ending(
        of request: RequestRecord, as resolution: DisputeResolution, _ details: RequestDetails?,
        about debt: DebtView, of person: OpenPerson, in session: inout VaultSession
    ) throws(ServiceError) -> DisputedDebt {
        let at = request.completion?.at ?? stamps.now()
        var new: NewDebt?
        if resolution.outcome != .removed {
            let undisputed = debt.debt.undisputed(by: details, on: .inSaoPaulo(stamps.now()))
            let patched = try patching { () throws(PatchError) in try resolution.patch.applied(to: undisputed) }
            try refusePatch(resolution.patch.violations(of: patched, at: stamps.now()))
            if undisputed.mayCollide(as: patched) { try person.view.requireRoom(for: patched, replacing: debt) }
            new = try sealing { () throws(VaultError) in
                try person.sealer.seal(patched, id: debt.debtID, version: debt.version + 1, at: at, in: &session)
            }
        }
        let change = try change(of: debt, to: new, of: person, at: at, request.finish, in: &session)
        return DisputedDebt(change: change, request: request)
    }

    /// The replacement of a debt, or its removal when there is nothing new, in one with a filing.
    private func change(
        of debt: DebtView, to new: NewDebt?, of person: OpenPerson, at: Instant, _ filing: RequestFiling?,
        in session: inout VaultSession
    ) throws(ServiceError) -> DebtChange {
        let version = person.record.version
        let action: DebtChange.Action =
            if let new {
                .replace(new, expectedVersion: debt.version, expectedPersonVersion: version)
            } else {
                .remove(debt.debtID, expectedVersion: debt.version, expectedPersonVersion: version)
            }
        let values = new.map { person.values.with($0, version: debt.version + 1) } ?? person.values.without(debt.debtID)
        var change = DebtChange(
            token: person.record.token, dataKey: person.record.dataKey, action: action, at: at, filing: filing)
        change.times = session.hidden(RowTimes(at), of: .subject(change.token))
        change.state = try sealing { () throws(VaultError) in
            let stamp = persons.newStamp(for: change.token, &session)
            return try person.sealer.state(of: values, version: version + 1, stamp, in: &session)
        }
        return change
    }
}

extension RequestRecord {
    /// The filing that ends the request as its completion says.
    var finish: RequestFiling? {
        completion.map { .finish(token, requestID: requestID, $0) }
    }
}

extension Debt {
    /// The debt as it was before it was contested; one whose former state nobody knows is owed.
    fileprivate func undisputed(by details: RequestDetails?, on today: CalendarDate) -> Debt {
        guard status == .disputed else { return self }
        var debt = self
        switch details?.formerStatus {
        case .disputed, nil: debt.status = dueDate > today ? .open : .overdue
        case let former?: debt.status = former
        }
        debt.settledOn = details?.formerSettledOn
        return debt
    }
}
