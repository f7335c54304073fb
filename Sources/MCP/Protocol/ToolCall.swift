import JSON
import JSONRPC

/// A call of a tool that may run: its arguments are valid as far as the tool knows.
struct ToolCall: Sendable {
    let tool: Tool
    let version: ProtocolVersion
    let reply: ForeignReply
    /// The JSON text of the method's params.
    let params: [UInt8]
    /// The JSON text of the member `meta` of the plain request; nil for none.
    let meta: [UInt8]?
    let identity: ServerIdentity
    private let refusedCalls: RefusedCalls

    init(
        _ tool: Tool, params: [UInt8], _ meta: RequestMeta, _ version: ProtocolVersion, reply: ForeignReply,
        identity: ServerIdentity, refusedCalls: RefusedCalls
    ) {
        self.tool = tool
        self.version = version
        self.reply = reply
        self.params = params
        self.identity = identity
        self.refusedCalls = refusedCalls
        self.meta = meta.control
    }

    /// The call as a plain request, whose response becomes the tool's result.
    var act: ForeignAct { .call(request) }

    /// Checks the call as a dry run does: one that would be refused is answered so, and any other as `next` tells.
    func rehearsal(next: @escaping @Sendable () -> [ForeignAct]) -> ForeignAct { .rehearse(request, next: next) }

    private var request: ForeignRequest {
        var text = Writer(reserving: params.count + 128)
        text.object { request in
            request.key("jsonrpc")
            request.string("2.0")
            request.key("id")
            reply.id.withUnsafeBufferPointer { request.verbatim($0) }
            request.key("method")
            request.string(tool.method)
            request.key("params")
            params.withUnsafeBufferPointer { request.verbatim($0) }
            if let meta {
                request.key("meta")
                meta.withUnsafeBufferPointer { request.verbatim($0) }
            }
        }
        return ForeignRequest(reply: reply, text: text.take()) { translate($0) }
    }

    /// Answers the call without running it, with a text for the model, and records it as denied.
    func refusal(_ text: String) -> ForeignAct {
        noteRefused()
        return .answer(reply, Self.failure(text, to: reply.id, version, identity), isError: true)
    }

    /// Records the call as an access that was denied.
    func noteRefused() {
        guard let document = try? Document(params) else { return }
        document.withRoot { refusedCalls.note(tool, with: $0) }
    }

    /// Returns the result for the plain response.
    private func translate(_ response: [UInt8]) -> [UInt8] {
        guard let document = try? Document(response) else { return failure("internal_error: the call failed.") }
        return document.withRoot { response in
            if let error = response["error"] { return failure(tool.text(of: error)) }
            guard let value = response["result"] else { return failure("internal_error: the call failed.") }
            var content = Writer(reserving: 1024)
            tool.writeContent(of: value, to: &content)
            return identity.response(to: reply.id, version) { result in
                result.content { text in content.withBytes { text.string(utf8: $0) } }
                if tool.isStructured(for: version) {
                    result.key("structuredContent")
                    content.withBytes { result.verbatim($0) }
                }
            }
        }
    }

    private func failure(_ text: String) -> [UInt8] {
        Self.failure(text, to: reply.id, version, identity)
    }

    /// Returns a result that tells a model why a call failed.
    static func failure(
        _ text: String, to id: [UInt8], _ version: ProtocolVersion, _ identity: ServerIdentity
    ) -> [UInt8] {
        identity.response(to: id, version) { result in
            result.content { $0.string(text) }
            result.key("isError")
            result.bool(true)
        }
    }
}

extension Writer {
    /// Appends the member `content` with one text; `write` appends the text as a string.
    fileprivate mutating func content(_ write: (inout Writer) -> Void) {
        key("content")
        array { list in
            list.object { item in
                item.key("type")
                item.string("text")
                item.key("text")
                write(&item)
            }
        }
    }
}
