import JSON

/// An error of the protocol itself. What fails inside a tool is a result with `isError` instead.
enum MCPError: Error {
    case invalidRequest(_ reason: StaticString, _ message: StaticString)
    case invalidParams(_ reason: StaticString, _ message: StaticString)
    case methodNotFound
    /// A stateless request lacks a member of `_meta`.
    case missingMeta(_ key: String)
    case unsupportedVersion(_ requested: String)
    /// A stateless request needs a capability that its client did not declare.
    case needsElicitation
    /// The daemon could not start; the reason holds no value of a record and no secret.
    case cannotStart(_ reason: String)
    case ending

    /// Returns the response to a request with this id, without a line end.
    func response(to id: [UInt8]) -> [UInt8] {
        var writer = Writer()
        writer.object { response in
            response.key("jsonrpc")
            response.string("2.0")
            response.key("id")
            id.withUnsafeBufferPointer { response.verbatim($0) }
            response.key("error")
            response.object { error in
                error.key("code")
                error.number(code)
                error.key("message")
                error.string(message)
                error.key("data")
                error.object { writeData(to: &$0) }
            }
        }
        return writer.take()
    }

    private var code: Int {
        switch self {
        case .invalidRequest: -32600
        case .invalidParams, .missingMeta: -32602
        case .methodNotFound: -32601
        case .unsupportedVersion: -32022
        case .needsElicitation: -32021
        case .ending, .cannotStart: -32603
        }
    }

    private var message: String {
        switch self {
        case .invalidRequest(_, let message), .invalidParams(_, let message): "\(message)"
        case .missingMeta(let key): "The params need _meta with \(key), unless the client opens with initialize."
        case .methodNotFound: "There is no such method."
        case .unsupportedVersion: "The protocol version is not supported."
        case .ending: "The daemon is ending."
        case .cannotStart(let reason): "The daemon cannot start: \(reason)"
        case .needsElicitation: "The user has to agree, so the client needs the capability elicitation."
        }
    }

    private func writeData(to data: inout Writer) {
        data.key("reason")
        switch self {
        case .invalidRequest(let reason, _), .invalidParams(let reason, _): data.string("\(reason)")
        case .missingMeta: data.string("missing_meta")
        case .methodNotFound: data.string("method_not_found")
        case .ending: data.string("internal_error")
        case .cannotStart: data.string("cannot_start")
        case .unsupportedVersion(let requested):
            data.string("unsupported_version")
            data.key("supported")
            data.supportedVersions()
            data.key("requested")
            data.string(requested)
        case .needsElicitation:
            data.string("missing_capability")
            data.key("requiredCapabilities")
            data.verbatim(#"{"elicitation":{"form":{}}}"#)
        }
    }
}

extension Writer {
    /// Appends the versions that are spoken, the newest first.
    mutating func supportedVersions() {
        array { list in
            for version in ProtocolVersion.allCases.reversed() { list.string(version.rawValue) }
        }
    }
}
