import Bureau
import Repositories
import Vault

/// A person's request to have their registration corrected.
public struct Correction: Sendable {
    /// The open request that ends; nil for a new one.
    public var requestID: RecordID?
    public var action: Action

    public enum Action: Sendable {
        /// Notes the request, which is to be looked into.
        case open(note: String?)
        /// Corrects the registration now.
        case correct(PersonPatch, note: String?)
        /// Leaves the registration as it is, because it is right.
        case keep
    }

    public init(requestID: RecordID?, action: Action) {
        self.requestID = requestID
        self.action = action
    }
}

/// Corrections of registrations (LGPD art. 18, III; CDC art. 43 §3).
extension RightsService {
    /// Opens requests, corrects registrations in one with the end of their requests, or ends requests without a change.
    /// `notFound`, `invalidPatch`, `forbidden`.
    public func correct(_ writes: [SubjectWrite<Correction>]) async -> [Result<FiledRequest, ServiceError>] {
        await persons.control.permitted(writes) { await correctPermitted($0) }
    }

    /// What is to be done for a correction, from what was read.
    private struct Prepared: Sendable {
        /// The update of the person; nil when the request alone is written.
        var update: PersonUpdate?
        var filing: RequestFiling
        var request: RequestRecord
    }

    private func correctPermitted(_ writes: [SubjectWrite<Correction>]) async -> [Result<FiledRequest, ServiceError>] {
        await Attempt.settle(writes) { (writes) async throws(ServiceError) in
            let found = try await persons.openAudited(writes.map { SubjectRequest(for: $0) })
            let requests = try await requests(.correction, of: vault.tokens(of: writes.lazy.map(\.cpf)))
            return vault.withSession { session in
                zip(writes, zip(found, requests)).map { write, pair in
                    Result { () throws(ServiceError) in
                        try prepare(write, try pair.0.get(), try pair.1.get(), in: &session)
                    }
                }
            }
        } write: { (prepared) async throws(ServiceError) in
            var updated = try await persons.write(
                prepared.compactMap(\.update), by: persons.repository.update
            ).makeIterator()
            var filed = try await ask(
                persons.repository.write, prepared.filter { $0.update == nil }.map(\.filing)
            ).makeIterator()
            return prepared.map { prepared in
                guard prepared.update != nil else {
                    return (filed.next() ?? .failure(.contended)).flatMap(\.version).map { _ in
                        FiledRequest(record: prepared.request, isNew: true)
                    }
                }
                return (updated.next() ?? .failure(.contended)).flatMap(\.version).map {
                    FiledRequest(record: prepared.request, isNew: true, version: $0)
                }
            }
        }
    }

    private func prepare(
        _ write: SubjectWrite<Correction>, _ person: OpenPerson, _ requests: [RequestRecord],
        in session: inout VaultSession
    ) throws(ServiceError) -> Prepared {
        let correction = write.content
        let at = max(stamps.now(), person.record.times.updated)
        var request: RequestRecord
        var sealedBy: WrappedDataKey?
        if let requestID = correction.requestID {
            guard let open = requests.first(where: { $0.requestID == requestID && $0.completion == nil }) else {
                throw .notFound
            }
            request = open
        } else {
            sealedBy = person.record.dataKey
            request = RequestRecord(.correction, of: person.record.token, id: stamps.recordID(at: at), at: at)
            request.details = try sealing { () throws(VaultError) in
                try person.sealer.seal(
                    RequestDetails(cpf: write.cpf, note: correction.note), of: request.requestID, in: &session)
            }
        }
        switch correction.action {
        case .open: return Prepared(filing: .open(request, sealedBy: sealedBy), request: request)
        case .keep: return try finished(request, as: .kept, at: at, sealedBy: sealedBy)
        case .correct(let patch, _):
            var prepared = try finished(request, as: .corrected, at: at, sealedBy: sealedBy)
            let change = SubjectWrite(
                cpf: write.cpf, content: patch, expectedVersion: write.expectedVersion, access: write.access)
            var update = try persons.update(of: .success(person), by: change, in: &session)
            update.filing = prepared.filing
            prepared.update = update
            return prepared
        }
    }

    /// Ends a request that was opened before, or one that is received and ended at once, which has a data key.
    private func finished(
        _ request: RequestRecord, as outcome: RequestOutcome, at: Instant, sealedBy dataKey: WrappedDataKey?
    ) throws(ServiceError) -> Prepared {
        var request = request
        let completion = RequestCompletion(at: max(at, request.receivedAt), outcome: outcome)
        request.completion = completion
        let filing: RequestFiling =
            dataKey != nil
            ? .open(request, sealedBy: dataKey) : .finish(request.token, requestID: request.requestID, completion)
        return Prepared(filing: filing, request: request)
    }
}

extension Correction {
    /// What the person has to say.
    fileprivate var note: String? {
        switch action {
        case .open(let note), .correct(_, let note): note
        case .keep: nil
        }
    }
}
