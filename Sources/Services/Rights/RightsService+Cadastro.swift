import Bureau
import Repositories
import Vault

/// What became of a register that was to be closed or opened.
public struct ChangedCadastro: Sendable {
    public var request: FiledRequest
    public var state: CadastroRecord?
}

/// The register of a person's positive data, which its owner closes and opens at will (Lei 12.414/2011, art. 5, I).
///
/// While it is closed, nobody is scored and no positive data are given to others.
extension RightsService {
    /// Closes registers at once, also of somebody whom base A does not hold. `forbidden`.
    public func cancel(_ writes: [SubjectWrite<Void>]) async -> [Result<ChangedCadastro, ServiceError>] {
        await change(writes, to: .cadastroCancel)
    }

    /// Opens registers at once. `forbidden`.
    public func reopen(_ writes: [SubjectWrite<Void>]) async -> [Result<ChangedCadastro, ServiceError>] {
        await change(writes, to: .cadastroReopen)
    }

    private func change(
        _ writes: [SubjectWrite<Void>], to kind: RequestKind
    ) async -> [Result<ChangedCadastro, ServiceError>] {
        await persons.control.permitted(writes) { writes in
            await Attempt.settle(writes) { (writes) async throws(ServiceError) in
                let found = try await persons.openAudited(writes.map { SubjectRequest(for: $0) })
                let tokens = vault.tokens(of: writes.lazy.map(\.cpf))
                let states = try await ask(repository.cadastros, tokens)
                let isCancelling = kind == .cadastroCancel
                return vault.withSession { session in
                    zip(writes, zip(found, zip(tokens, states))).map { write, pair in
                        Result { () throws(ServiceError) in
                            let (token, state) = (pair.1.0, try pair.1.1.get())
                            let isNew = (state?.isCancelled ?? false) != isCancelling
                            let person = try pair.0.unlessNotFound()
                            let request = try request(kind, of: token, write.cpf, person, in: &session)
                            let change = CadastroChange(
                                token: token, isCancelled: isCancelling, request: request,
                                sealedBy: person?.record.dataKey)
                            return PreparedCadastro(change: change, isNew: isNew, state: state)
                        }
                    }
                }
            } write: { (prepared) async throws(ServiceError) in
                zip(prepared, try await ask(repository.write, prepared.map(\.change))).map { prepared, outcome in
                    outcome.flatMap(\.version).map { _ in
                        ChangedCadastro(
                            request: FiledRequest(record: prepared.change.request, isNew: prepared.isNew),
                            state: prepared.change.state(after: prepared.state))
                    }
                }
            }
        }
    }

    /// What is to be done for a register, from what was read.
    private struct PreparedCadastro: Sendable {
        var change: CadastroChange
        var isNew: Bool
        var state: CadastroRecord?
    }

    /// The request, which is carried out as it is received.
    private func request(
        _ kind: RequestKind, of token: SubjectToken, _ cpf: CPF, _ person: OpenPerson?, in session: inout VaultSession
    ) throws(ServiceError) -> RequestRecord {
        let at = stamps.now()
        var request = RequestRecord(kind, of: token, id: stamps.recordID(at: at), at: at)
        request.completion = RequestCompletion(at: at, outcome: .carriedOut)
        if let person {
            request.details = try sealing { () throws(VaultError) in
                try person.sealer.seal(RequestDetails(cpf: cpf), of: request.requestID, in: &session)
            }
        }
        return request
    }
}

extension CadastroChange {
    /// The state of the register after the change.
    fileprivate func state(after state: CadastroRecord?) -> CadastroRecord? {
        let at = request.receivedAt
        if isCancelled { return state?.isCancelled == true ? state : CadastroRecord(cancelledAt: at) }
        guard var state, state.isCancelled else { return state }
        state.reopenedAt = at
        return state
    }
}
