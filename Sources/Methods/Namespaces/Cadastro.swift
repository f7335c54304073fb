import Bureau
import JSON
import JSONRPC
import Repositories
import Services

extension Method {
    /// The methods of the namespace `cadastro`.
    static func cadastro(_ rights: RightsService, _ access: MethodAccesses) -> [Method] {
        [
            .aboutSubject(
                "cadastro.cancel", access, reads: .a, writes: .a, answerBytes: 4096,
                params: { (reader) throws(Failure) in try SubjectWrite((), asRightBy: reader) },
                service: rights.cancel,
                result: { $0.write(to: &$1) }),
            .aboutSubject(
                "cadastro.reopen", access, reads: .a, writes: .a, answerBytes: 4096,
                params: { (reader) throws(Failure) in try SubjectWrite((), asRightBy: reader) },
                service: rights.reopen,
                result: { $0.write(to: &$1) }),
        ]
    }
}

extension ChangedCadastro {
    fileprivate func write(to writer: inout Writer) {
        writer.object { result in
            result.member("requestId", request.record.requestID)
            result.member("receivedAt", request.record.receivedAt)
            result.member("dueOn", request.dueOn)
            result.member("changed", request.isNew)
            result.key("cadastro")
            state.write(to: &result)
        }
    }
}

extension CadastroRecord? {
    /// Appends what `types/cadastro.json` describes.
    func write(to writer: inout Writer) {
        writer.object { result in
            result.member("state", self?.isCancelled == true ? "cancelled" : "open")
            result.optional("cancelledAt", self?.cancelledAt)
            result.optional("reopenedAt", self?.reopenedAt)
        }
    }
}
