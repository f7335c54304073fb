import JSON
import JSONRPC

/// What holds for one request: its version, and what its client can do.
struct RequestContext: Sendable {
    let version: ProtocolVersion
    /// Whether the client asks its user for what the server needs to know.
    let canElicit: Bool

    /// Whether a declaration of capabilities has elicitation by forms; an empty one means forms.
    static func canElicit(_ capabilities: Value?) -> Bool {
        guard let elicitation = capabilities?["elicitation"], elicitation.kind == .object else { return false }
        return elicitation["form"] != nil || elicitation["url"] == nil
    }
}

/// The member `_meta` of the params of a request (2026-07-28, basic: `_meta`).
struct RequestMeta {
    private static let versionKey: StaticString = "io.modelcontextprotocol/protocolVersion"
    private static let capabilitiesKey: StaticString = "io.modelcontextprotocol/clientCapabilities"
    /// The longest token or trace context that is taken, in bytes as written.
    private static let maximumTokenBytes = 256

    private let meta: Value?

    init(of params: Value?) {
        let meta = params?["_meta"]
        self.meta = meta?.kind == .object ? meta : nil
    }

    /// Whether the request states its version itself, which only stateless ones do.
    var statesVersion: Bool { meta?[Self.versionKey] != nil }

    /// The context of a stateless request.
    func context() throws(MCPError) -> RequestContext {
        guard let requested = meta?[Self.versionKey] else { throw .missingMeta("\(Self.versionKey)") }
        guard requested.kind == .string, requested.rawText.count <= Self.maximumTokenBytes else {
            throw .invalidParams("wrong_version_type", "The protocol version is a short string.")
        }
        guard requested.equals("2026-07-28") else { throw .unsupportedVersion(requested.string ?? "") }
        guard let capabilities = meta?[Self.capabilitiesKey], capabilities.kind == .object else {
            throw .missingMeta("\(Self.capabilitiesKey)")
        }
        return RequestContext(version: .july2026, canElicit: RequestContext.canElicit(capabilities))
    }

    /// The JSON text of the member `meta` of a plain request with the same wishes: to be told of progress, and to be
    /// traced. What has another form than these is ignored; nil when nothing is left.
    var control: [UInt8]? {
        let token = member("progressToken") { $0.kind == .string || $0.int64 != nil }
        let trace = member("traceparent") { $0.kind == .string }
        if token == nil, trace == nil { return nil }
        var writer = Writer()
        writer.object { meta in
            if let token {
                meta.key("workDoneToken")
                meta.value(token)
            }
            if let trace {
                meta.key("traceparent")
                meta.value(trace)
            }
        }
        return writer.take()
    }

    private func member(_ name: StaticString, where isValid: (Value) -> Bool) -> Value? {
        guard let value = meta?[name], value.rawText.count <= Self.maximumTokenBytes else { return nil }
        return isValid(value) ? value : nil
    }
}
