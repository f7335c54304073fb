import JSONRPC

/// How requests are counted that come to no method.
extension MCPError {
    var count: ForeignAct {
        let kind: FailureKind =
            switch self {
            case .invalidRequest(let reason, _): FailureKind(.invalidRequest, reason: "\(reason)")
            case .invalidParams(let reason, _): FailureKind(.invalidParams, reason: "\(reason)")
            case .missingMeta: FailureKind(.invalidParams, reason: "missing_meta")
            case .methodNotFound: FailureKind(.methodNotFound)
            case .unsupportedVersion: FailureKind(.invalidRequest, reason: "unsupported_version")
            case .needsElicitation: FailureKind(.invalidRequest, reason: "missing_capability")
            default: FailureKind(.internalError)
            }
        return .count(method: nil, kind)
    }
}

extension ToolFailure {
    /// Counts the failure of a call that never became one of the tool's method.
    func count(for tool: Tool) -> ForeignAct {
        let code = reason == "rate_limited" ? ErrorCode.busy : .invalidParams
        return .count(method: tool.method, FailureKind(code, reason: reason))
    }
}
