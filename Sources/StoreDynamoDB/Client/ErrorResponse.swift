import JSON

/// The meaning of a response with an HTTP status other than 200.
enum ErrorResponse: Hashable, Sendable {
    case conditionFailed
    /// The server has too many requests and did nothing.
    case throttled
    /// Another request is changing the same item, and the server did nothing.
    case conflict
    /// The server failed; `isRefusal` when it says that it did nothing.
    case serverFailed(isRefusal: Bool)
    case credentialsExpired
    case clockSkewed
    case fault(DynamoDBFault)

    init(status: Int, body: [UInt8]) {
        let (type, message) = Self.typeAndMessage(body)
        self = Self.meaning(of: type, message) ?? Self.meaning(of: status)
    }

    /// The name of the error, or its HTTP status without one.
    static func code(status: Int, body: [UInt8]) -> String {
        let type = typeAndMessage(body).type
        let isName = !type.isEmpty && type.utf8.count <= 64 && type.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isName ? type : "HTTP \(status)"
    }

    /// The name of the error and its message in lower case; empty when there are none. Some servers refuse a signature
    /// in XML, as other services of AWS do.
    private static func typeAndMessage(_ body: [UInt8]) -> (type: String, message: String) {
        let parsed = try? withObject(in: body) { (object) throws(MalformedItem) in
            guard let type = object["__type"]?.string else { throw MalformedItem() }
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
        case "ConditionalCheckFailedException": .conditionFailed
        case "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "RequestLimitExceeded",
            "LimitExceededException", "TooManyRequestsException", "KMSThrottlingException":
            .throttled
        case "TransactionConflictException", "TransactionInProgressException", "ReplicatedWriteConflictException":
            .conflict
        case "InternalServerError", "InternalFailure", "InternalServerErrorException": .serverFailed(isRefusal: false)
        case "ServiceUnavailable", "ServiceUnavailableException": .serverFailed(isRefusal: true)
        case "ExpiredTokenException", "ExpiredToken": .credentialsExpired
        case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture": .clockSkewed
        case "InvalidSignatureException", "SignatureDoesNotMatch":
            message.contains("signature expired") || message.contains("signature not yet current")
                ? .clockSkewed : .fault(.credentialsRefused)
        case "UnrecognizedClientException", "IncompleteSignature", "IncompleteSignatureException",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidClientTokenId",
            "InvalidAccessKeyId", "AuthFailure":
            .fault(.credentialsRefused)
        case "AccessDeniedException", "AccessDenied", "UnauthorizedOperation":
            .fault(message.contains("kms") ? .keyDenied : .accessDenied)
        case _ where type.hasPrefix("KMS") || type.hasPrefix("InaccessibleEncryption"): .fault(.keyDenied)
        case "ResourceNotFoundException": .fault(.tableMissing)
        case "ResourceInUseException", "TableAlreadyExistsException": .fault(.tableExists)
        case "ItemCollectionSizeLimitExceededException": .fault(.collectionFull)
        case "ValidationException":
            .fault(
                message.contains("item size")
                    ? .itemTooLarge
                    : message.contains("does not match the schema") ? .keyMismatch : .requestRefused)
        default: nil
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
    /// The parts before and after the first `separator`.
    fileprivate func cut(at separator: String) -> (Substring, Substring)? {
        let parts = split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (Substring(parts[0]), Substring(parts[1]))
    }
}
