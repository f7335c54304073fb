import Bureau
import JSON
import JSONRPC
import Repositories
import Services

extension Method {
    /// The methods of the namespace `dispute`; `stamps` tells what day it is.
    static func disputes(_ rights: RightsService, _ access: MethodAccesses) -> [Method] {
        [
            .aboutSubject(
                "dispute.open", access, reads: .a, writes: .a, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(
                        DisputeOpening(
                            debtID: try reader.required("debtId"), reason: try reader.required("reason"),
                            note: try reader.optionalKeptText("note")),
                        asRightBy: reader)
                },
                service: rights.dispute,
                result: { filed, writer in
                    writer.object { result in
                        filed.writeMembers(to: &result)
                        result.member("opened", filed.isNew)
                    }
                }),
            .aboutSubject(
                "dispute.resolve", access, reads: .a, writes: .a, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(
                        DisputeResolution(
                            requestID: try reader.required("requestId"), outcome: try reader.required("resolution"),
                            patch: try reader.optionalObject("patch") { (patch) throws(Failure) in
                                try DebtPatch(patch)
                            } ?? DebtPatch()),
                        asRightBy: reader)
                },
                service: rights.resolve,
                result: { filed, writer in
                    writer.object { result in
                        filed.writeMembers(to: &result)
                        result.member("resolved", filed.isNew)
                    }
                }),
            .aboutSubject(
                "dispute.list", access, reads: .a, answerBytes: 8192,
                params: { (reader) throws(Failure) in try PageRequest(asRightBy: reader, showing: .debts) },
                service: rights.disputes,
                result: { page, writer in
                    page.write(
                        as: "disputes", to: &writer, cursor: { $0.record.requestID.text },
                        item: { $0.write(to: &$1) })
                }),
        ]
    }
}

extension ObjectReader {
    /// The access of a person to their own data, or to what their rights change.
    func rightsAccess(to groups: FieldGroups) -> Access {
        var access = writeAccess()
        access.purpose = .dataSubjectRequest
        access.groups = groups
        return access
    }
}

extension SubjectWrite {
    /// Reads whose rights a method serves.
    init(_ content: Content, asRightBy reader: ObjectReader) throws(Failure) {
        self.init(
            cpf: try reader.cpf(), content: content, expectedVersion: nil,
            access: reader.rightsAccess(to: reader.access.groups.changes))
    }
}

extension PageRequest<RecordID> {
    /// Reads a page of what a person's rights have left.
    init(asRightBy reader: ObjectReader, showing groups: FieldGroups) throws(Failure) {
        try self.init(reader, for: reader.rightsAccess(to: groups)) { cursor in cursor.withUTF8 { RecordID($0) } }
    }
}

extension FiledRequest {
    /// Appends the members that the results of all requests have.
    func writeMembers(to result: inout Writer) {
        result.member("requestId", record.requestID)
        result.optional("debtId", record.debtID)
        result.member("receivedAt", record.receivedAt)
        result.member("dueOn", dueOn)
        if let completion = record.completion {
            result.member("outcome", completion.outcome)
            result.member("endedAt", completion.at)
        }
        result.optional("noticeDueOn", noticeDueOn)
        if let version { result.member("version", version) }
    }
}

extension RequestView {
    /// Appends what `types/subject-request.json` describes.
    func write(to writer: inout Writer) {
        writer.object { result in
            result.member("requestId", record.requestID)
            result.member("kind", record.kind)
            result.optional("cpf", cpf)
            result.optional("debtId", record.debtID)
            result.optional("reason", reason)
            result.optional("note", note)
            result.member("receivedAt", record.receivedAt)
            result.member("dueOn", dueOn)
            result.member("late", isLate)
            if let completion = record.completion {
                result.member("outcome", completion.outcome)
                result.member("endedAt", completion.at)
            }
        }
    }
}
