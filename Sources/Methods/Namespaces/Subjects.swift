import Bureau
import JSON
import JSONRPC
import Repositories
import Services

extension Method {
    /// The methods of the namespace `subject` by which persons see and correct what is kept of them. `stamps` tells
    /// what day it is.
    static func subjects(_ rights: RightsService, _ access: MethodAccesses) -> [Method] {
        let listing = access.of("subject.requests")
        return [
            .aboutSubject(
                "subject.correct", access, reads: .a, writes: .a, answerBytes: 4096,
                params: { (reader) throws(Failure) in try SubjectWrite(try Correction(reader), asRightBy: reader) },
                service: rights.correct,
                result: { filed, writer in writer.object { filed.writeMembers(to: &$0) } }),
            .grouped(
                "subject.requests", footprint: Footprint(reads: .a), answerBytes: 8192,
                decode: { (params, _) throws(Failure) in try DueRequest(ObjectReader(params, of: listing)) },
                authorise: { (request) throws(Failure) in try rights.authorise(request).outcome.get() },
                call: rights.requests, failure: { Failure(of: $0) },
                write: { page, writer in
                    page.write(
                        as: "requests", to: &writer, cursor: { $0.record.position.cursor },
                        item: { $0.write(to: &$1) })
                }),
        ]
    }
}

extension Correction {
    /// Reads what is asked for, or done, among the params of `subject.correct`.
    fileprivate init(_ reader: ObjectReader) throws(Failure) {
        let note = try reader.optionalKeptText("note")
        let patch = try reader.optionalObject("patch") { (patch) throws(Failure) in try PersonPatch(patch) }
        let action: Action =
            if let patch { .correct(patch, note: note) } else if reader.value["kept"] != nil { .keep } else {
                .open(note: note)
            }
        self.init(requestID: try reader.optional("requestId"), action: action)
    }
}

extension DueRequest {
    fileprivate init(_ reader: ObjectReader) throws(Failure) {
        var after: RequestPosition?
        if let cursor = reader.value["cursor"] {
            after = RequestPosition(cursor: cursor)
            if after == nil {
                throw .invalidParams(at: "/cursor", reason: "invalid_format", accepted: "a nextCursor")
            }
        }
        self.init(
            access: reader.rightsAccess(to: .identity), state: try reader.optional("state") ?? .due, after: after,
            limit: try reader.optionalInteger("limit") ?? 20)
    }
}

extension RequestPosition {
    /// The text of the position: microseconds since the epoch, a full stop, the request's identifier.
    fileprivate var cursor: String { "\(lateFrom.microsecondsSinceEpoch).\(requestID.text)" }

    fileprivate init?(cursor: Value) {
        guard let text = cursor.string, let stop = text.firstIndex(of: "."),
            let microseconds = Int64(text[..<stop]), let instant = Instant(microsecondsSinceEpoch: microseconds),
            let requestID = RecordID(String(text[text.index(after: stop)...]))
        else { return nil }
        self.init(lateFrom: instant, requestID: requestID)
    }
}
