import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The erasure and the blocks of persons, in the namespace `subject`.
    static func erasure(_ erasures: ErasureService, _ blocks: BlockService, _ access: MethodAccesses) -> [Method] {
        [
            .aboutSubject(
                // What is down is erased later, and looked for then.
                "subject.erase", access, writes: [.a, .b, .c], asks: .a,
                params: { (reader) throws(Failure) in
                    ErasureRequest(
                        cpf: try reader.cpf(), reason: try reader.required("reason"), access: reader.writeAccess())
                },
                service: erasures.erase,
                result: { $0.write(to: &$1) }),
            block("subject.block", true, blocks, access),
            block("subject.unblock", false, blocks, access),
        ]
    }

    private static func block(
        _ name: String, _ isBlocked: Bool, _ blocks: BlockService, _ access: MethodAccesses
    ) -> Method {
        .aboutSubject(
            // Reads of any base wait for it, although base A alone is written.
            name, access, writes: [.a, .b, .c], asks: .a,
            params: { (reader) throws(Failure) in
                BlockRequest(cpf: try reader.cpf(), isBlocked: isBlocked, access: reader.writeAccess())
            },
            service: blocks.change,
            result: { changed, writer in
                writer.object { result in
                    result.member("blocked", isBlocked)
                    result.member("changed", changed)
                }
            })
    }
}

extension Erasure {
    /// Appends the result of `subject.erase`.
    fileprivate func write(to writer: inout Writer) {
        writer.object { result in
            result.member("erasureId", erasureID)
            result.member("status", completion == nil ? "pending" : "erased")
            result.member("reason", reason)
            result.member("requestedAt", requestedAt)
            if let completion {
                result.member("erasedAt", completion.erasedAt)
                result.member("auditRecordId", completion.auditID)
            } else {
                result.key("pending")
                result.array { list in
                    for base in pending { list.string(base.rawValue) }
                }
            }
        }
    }
}
