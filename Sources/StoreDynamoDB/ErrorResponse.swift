import JSON

/// What an answer with an HTTP status other than 200 means.
enum ErrorResponse: Hashable, Sendable {
    case conditionFailed
    /// Too many requests; nothing was done.
    case throttled
    /// The server failed. `isRefusal`: it said that it has done nothing.
    case serverFailed(isRefusal: Bool)
    case credentialsExpired
    case clockSkewed
    case fault(DynamoDBFault)

    init(status: Int, body: [UInt8]) {
        let (type, message) = Self.typeAndMessage(body)
        self = Self.meaning(of: type, message) ?? Self.meaning(of: status)
    }

    /// The error's name and its sentence in lower case, empty when there are none. Some servers answer a refused
    /// signature in XML, as other services of AWS do.
    private static func typeAndMessage(_ body: [UInt8]) -> (type: String, message: String) {
        var parser = Parser()
        let parsed: (String, String)? = body.withUnsafeBufferPointer { text in
            guard let object = try? parser.parse(text), let type = object["__type"]?.string else { return nil }
            let message = (object["message"] ?? object["Message"])?.string ?? ""
            return (String(type.split(separator: "#").last ?? ""), message.lowercased())
        }
        if let parsed { return parsed }
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        guard let (_, rest) = text.cut(at: "<Code>"), let (code, _) = rest.cut(at: "</Code>") else { return ("", "") }
        return (String(code), text.lowercased())
    }

    private static func meaning(of type: String, _ message: String) -> ErrorResponse? {
        switch type {
        case "ConditionalCheckFailedException":
            .conditionFailed
        case "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "RequestLimitExceeded",
            "LimitExceededException", "TooManyRequestsException":
            .throttled
        case "InternalServerError", "InternalFailure", "InternalServerErrorException":
            .serverFailed(isRefusal: false)
        case "ServiceUnavailable", "ServiceUnavailableException":
            .serverFailed(isRefusal: true)
        case "ExpiredTokenException", "ExpiredToken":
            .credentialsExpired
        case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture":
            .clockSkewed
        case "InvalidSignatureException", "SignatureDoesNotMatch":
            message.contains("signature expired") || message.contains("signature not yet current")
                ? .clockSkewed : .fault(.credentialsRefused)
        case "UnrecognizedClientException", "IncompleteSignature", "IncompleteSignatureException",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidClientTokenId",
            "InvalidAccessKeyId", "AuthFailure":
            .fault(.credentialsRefused)
        case "AccessDeniedException", "AccessDenied", "UnauthorizedOperation":
            .fault(.accessDenied)
        case "ResourceNotFoundException":
            .fault(.tableMissing)
        case "ResourceInUseException", "TableAlreadyExistsException":
            .fault(.tableExists)
        case "ItemCollectionSizeLimitExceededException":
            .fault(.itemTooLarge)
        case "ValidationException":
            .fault(message.contains("item size") ? .itemTooLarge : .requestRefused)
        default:
            nil
        }
    }

    private static func meaning(of status: Int) -> ErrorResponse {
        switch status {
        case 429: .throttled
        case 503: .serverFailed(isRefusal: true)
        case 500...599: .serverFailed(isRefusal: false)
        case 401, 403: .fault(.accessDenied)
        case 413: .fault(.itemTooLarge)
        case 400...499: .fault(.requestRefused)
        default: .fault(.unreadable)
        }
    }
}

extension StringProtocol {
    /// What stands before and after the first `separator`.
    fileprivate func cut(at separator: String) -> (Substring, Substring)? {
        let parts = split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (Substring(parts[0]), Substring(parts[1]))
    }
}
