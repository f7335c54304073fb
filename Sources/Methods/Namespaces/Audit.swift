import Bureau
import JSON
import JSONRPC
import Repositories
import Services

extension Method {
    /// The methods of the namespace `audit`, each of whose calls is itself recorded.
    static func audit(_ audit: AuditService, _ accesses: MethodAccesses) -> [Method] {
        [
            .aboutLog(
                "audit.list", accesses, audit, footprint: Footprint(reads: [], tellsAccesses: true), answerBytes: 16384,
                subject: digitsOfCPF,
                params: { (reader) throws(Failure) in
                    AuditListRequest(
                        access: try reader.readAccess(), cpf: try reader.optional("cpf"),
                        actor: reader.optionalText("actor"), from: try reader.optional("from"),
                        to: try reader.optional("to"), before: try reader.position(),
                        limit: try reader.optionalInteger("limit") ?? 20)
                },
                access: \.access, service: audit.list,
                result: { page, writer in
                    page.write(as: "records", to: &writer, cursor: { "\($0.position)" }) { record, list in
                        record.line.line.withUnsafeBufferPointer { list.json($0) }
                    }
                }),
            .aboutLog(
                "audit.head", accesses, audit,
                params: { (reader) throws(Failure) in try reader.readAccess() },
                access: \.self, service: audit.head,
                result: { head, writer in
                    writer.object { result in
                        result.member("size", head.size)
                        result.member("waiting", Int64(head.waiting))
                        result.optional("head", head.note.map { String(decoding: $0, as: UTF8.self) })
                        result.member("key", head.key)
                    }
                }),
            .aboutLog(
                "audit.proof", accesses, audit, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    (recordID: try reader.required("recordId", RecordID.self), access: try reader.readAccess())
                },
                access: \.access, service: { await audit.proof(of: $0.recordID, $0.access) },
                result: { found, writer in
                    writer.object { result in
                        result.member("leaf", found.proof.leaf)
                        result.member("size", found.proof.size)
                        result.member("record", String(decoding: found.proof.line, as: UTF8.self))
                        result.key("path")
                        result.array { list in
                            for hash in found.proof.pathTexts { list.string(hash) }
                        }
                        result.member("head", String(decoding: found.proof.head, as: UTF8.self))
                        result.member("key", found.key)
                    }
                }),
            .aboutLog(
                "audit.verify", accesses, audit, answerBytes: 16384,
                params: { (reader) throws(Failure) in try reader.readAccess() },
                access: \.self, service: audit.verify,
                result: { $0.write(to: &$1) }),
        ]
    }

    /// A method about the log, for roles with the duty of its contract.
    private static func aboutLog<Params: Sendable, Answer: Sendable>(
        _ name: String, _ accesses: MethodAccesses, _ audit: AuditService, footprint: Footprint = Footprint(),
        answerBytes: Int = 1024,
        subject: @escaping @Sendable (Value) -> UInt64? = { _ in nil },
        params: @escaping @Sendable (ObjectReader) throws(Failure) -> Params,
        access: @escaping @Sendable (Params) -> Access,
        service: @escaping @Sendable (Params) async -> Result<Answer, ServiceError>,
        result: @escaping @Sendable (Answer, inout Writer) -> Void
    ) -> Method {
        let decider = accesses.of(name)
        let decide = { @Sendable (params: Params) -> Result<Void, ServiceError> in
            let decision = decider.authorise(access(params))
            if case .failure = decision { audit.noteDenied(access(params)) }
            return decision
        }
        return .grouped(
            name, footprint: footprint, answerBytes: answerBytes, subject: subject,
            decode: { (value, _) throws(Failure) in try params(ObjectReader(value, of: decider)) },
            authorise: { (params) throws(Failure) in try decide(params).outcome.get() },
            call: { group in
                var outcomes: [Result<Answer, ServiceError>] = []
                for params in group {
                    switch decide(params) {
                    case .success: outcomes.append(await service(params))
                    case .failure(let error): outcomes.append(.failure(error))
                    }
                }
                return outcomes
            },
            failure: { Failure(of: $0) }, write: result)
    }
}

extension ObjectReader {
    /// The position of the last record of the page before, which is the cursor.
    fileprivate func position() throws(Failure) -> Int64? {
        guard let cursor = optionalText("cursor") else { return nil }
        guard let position = Int64(cursor), "\(position)" == cursor, position > 0 else {
            throw .invalidParams(at: "/cursor", reason: "invalid_format", accepted: "a nextCursor")
        }
        return position
    }
}

extension AuditVerdict {
    fileprivate func write(to writer: inout Writer) {
        writer.object { result in
            result.member("size", size)
            result.member("records", records)
            result.member("heads", Int64(heads))
            result.key("findings")
            result.array { list in
                for finding in findings {
                    list.object { item in
                        item.member("kind", finding.kind.rawValue)
                        if let leaf = finding.leaf { item.member("leaf", leaf) }
                        item.optional("recordId", finding.recordID)
                    }
                }
            }
        }
    }
}
