import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `consent`.
    static func consents(_ rights: RightsService, _ access: MethodAccesses) -> [Method] {
        [
            .aboutSubject(
                "consent.grant", access, reads: .a, writes: .a, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(
                        ConsentGrant(
                            requester: try reader.keptText("requester"), purpose: try reader.required("purpose")),
                        asRightBy: reader)
                },
                service: rights.grant,
                result: { $0.write(as: "granted", to: &$1) }),
            .aboutSubject(
                "consent.revoke", access, reads: .a, writes: .a, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(try reader.required("consentId"), asRightBy: reader)
                },
                service: rights.revoke,
                result: { $0.write(as: "revoked", to: &$1) }),
            .aboutSubject(
                "consent.list", access, reads: .a, answerBytes: 8192,
                params: { (reader) throws(Failure) in try PageRequest(asRightBy: reader, showing: .queries) },
                service: rights.consents,
                result: { page, writer in
                    page.write(
                        as: "consents", to: &writer, cursor: { $0.consentID.text }, item: { $0.write(to: &$1) })
                }),
        ]
    }
}

extension ChangedConsent {
    /// Appends the consent, and as the member `name` whether anything was written.
    fileprivate func write(as name: StaticString, to writer: inout Writer) {
        writer.object { result in
            consent.writeMembers(to: &result)
            result.member(name, isNew)
        }
    }
}

extension ConsentView {
    /// Appends what `types/consent.json` describes.
    func write(to writer: inout Writer) {
        writer.object { writeMembers(to: &$0) }
    }

    fileprivate func writeMembers(to result: inout Writer) {
        result.member("consentId", consentID)
        result.member("requester", requester)
        result.member("purpose", purpose)
        result.member("grantedAt", grantedAt)
        result.optional("revokedAt", revokedAt)
    }
}
