import Bureau
import Repositories
import Vault

/// What this machine has seen of persons and payments, against which reads are held (`SeenVersions`).
extension PersonService {
    /// Judges persons that were read. `unreadable` for one who is older than this machine has seen.
    func latest(
        _ records: [Result<PersonRecord?, ServiceError>]
    ) async throws(ServiceError) -> [Result<PersonRecord?, ServiceError>] {
        let judged = try await secondLook(at: records)
        if judged.isEmpty { return records }
        var records = records
        for (index, record) in judged { records[index] = record }
        return records
    }

    /// Reads persons again who are older than this machine has seen; by their places.
    func secondLook(
        at records: [Result<PersonRecord?, ServiceError>]
    ) async throws(ServiceError) -> [Int: Result<PersonRecord?, ServiceError>] {
        guard let seen else { return [:] }
        return try await seen.secondLook(at: records, in: vault) { (tokens) async throws(ServiceError) in
            try await readAgain(tokens)
        }
    }

    /// The places of persons who are older than this machine has seen, and whom nobody may delete unread: their
    /// deletion would hide that they were put back.
    func outdated(_ tokens: [SubjectToken]) async throws(ServiceError) -> Set<Int> {
        guard seen != nil else { return [] }
        let judged = try await secondLook(at: try await readAgain(tokens))
        return Set(judged.filter { if case .failure(.unreadable) = $0.value { true } else { false } }.keys)
    }

    /// Reads persons of whom nothing is given out for it, so that the audit log has it already or not at all.
    func readAgain(_ tokens: [SubjectToken]) async throws(ServiceError) -> [Result<PersonRecord?, ServiceError>] {
        let read = { [repository] (tokens: [SubjectToken]) async throws(StoreError) in
            try await repository.read(tokens, audit: [])
        }
        return try await ask(read, tokens)
    }

    /// The stamp of a person's content that is about to be written.
    func newStamp(for token: SubjectToken, _ session: inout VaultSession) -> WriteStamp? {
        seen?.newStamp(for: token, in: .a, &session)
    }

    /// Makes `overtaken` of payments that are older than this machine has seen, when another writer came in between or
    /// an operator has accepted them; otherwise `unreadable`.
    func judged<Success>(
        _ results: [Result<Success, ServiceError>]
    ) async throws(ServiceError) -> [Result<Success, ServiceError>] {
        var suspects: [(index: Int, payment: PaymentKey, floor: SeenVersion)] = []
        for (index, result) in results.enumerated() {
            if case .failure(.outdated(let payment, let floor)) = result { suspects.append((index, payment, floor)) }
        }
        guard let seen, !suspects.isEmpty else { return results }
        var results = results
        var outdated: [(index: Int, name: FloorName, record: PaymentRecord)] = []
        for (suspect, state) in zip(suspects, try await ask(repository.find, suspects.map(\.payment))) {
            results[suspect.index] = state.flatMap { _ in .failure(.overtaken) }
            guard let record = (try? state.get())?.payment, record.isOutdated(by: suspect.floor) else { continue }
            outdated.append((suspect.index, FloorName(payment: suspect.payment), record))
        }
        if !outdated.isEmpty { await seen.heedAcceptances(everyDay: true) }
        // What was accepted meanwhile has no floor any more, whoever has forgotten it.
        for suspect in outdated {
            guard let floor = seen.floors.floor(of: suspect.name), suspect.record.isOutdated(by: floor.version) else {
                continue
            }
            results[suspect.index] = .failure(.unreadable(.a))
        }
        return results
    }

    /// Hands writes to base A with what the audit log gets of them, and remembers those that took place.
    func write<Write: MarkedWrite>(
        _ writes: [Write], by call: ([Write]) async throws(StoreError) -> [WriteOutcome]
    ) async throws(ServiceError) -> [Result<WriteOutcome, ServiceError>] {
        guard let seen else { return try await ask(call, trail.logged(writes)) }
        let unnumbered = writes.map { $0.mark.flatMap { $0.isUnnumbered ? $0 : nil } }
        return try await seen.whileUnderWay(unnumbered, in: vault) { () async throws(ServiceError) in
            let outcomes = try await ask(call, trail.logged(writes))
            vault.withSession { session in
                for (write, outcome) in zip(writes, outcomes) {
                    guard case .success(.written(let version)) = outcome, let mark = write.mark else { continue }
                    let name = mark.name(in: &session)
                    seen.set(
                        name, to: SeenVersion(mark.state, generation: write.generation, written: version),
                        written: seen.time(of: mark, generation: write.generation, in: .a, &session))
                }
            }
            return outcomes
        }
    }
}

extension SeenVersions {
    /// Remembers a payment that has opened under a data key of a generation. `outdated` when it is older than was seen.
    func take(_ record: PaymentRecord, as payment: PaymentKey, generation: UInt32) throws(ServiceError) {
        let version = record.seenVersion(generation: generation)
        let name = FloorName(payment: payment)
        if let floor = floor(above: version, of: name) { throw .outdated(payment, by: floor) }
        raise(name, to: version)
    }
}

extension PaymentRecord {
    fileprivate func seenVersion(generation: UInt32) -> SeenVersion? {
        SeenVersion(version: version, generation: generation, mark: details.nonce.writeMark)
    }

    /// Whether the payment is older than what was seen, of which the generation is not looked at: the person's data key
    /// tells it.
    fileprivate func isOutdated(by floor: SeenVersion) -> Bool {
        seenVersion(generation: floor.generation)?.isOutdated(by: floor) ?? false
    }
}

extension WriteMark {
    /// Whether the store alone knows the version that the write makes.
    fileprivate var isUnnumbered: Bool { if case .present(_, nil) = state { true } else { false } }

    fileprivate func name(in session: inout VaultSession) -> FloorName {
        switch row {
        case .subject: FloorName(firstToken: session.first(of: token), in: .a)
        case .payment(let debtID, let key):
            FloorName(payment: PaymentKey(token: token, debtID: debtID, key: key))
        }
    }
}

extension SeenVersion {
    /// What a write under a data key of a generation has left; `version` is what its store has answered, where the mark
    /// does not tell one.
    init?(_ state: WriteMark.State, generation: UInt32, written version: Int64) {
        switch state {
        case .present(let mark, let known):
            self.init(version: known ?? version, generation: generation, mark: mark)
        case .absent: self.init(deletionAfter: version)
        case .resealed, .leaving, .staying: return nil
        }
    }
}
